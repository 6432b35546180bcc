import { ANNOUNCEMENT_CHANNEL, type Announcement } from './contracts';

/** Tells every page of the extension that something changed. */
export interface Announcer {
  announce(announcement: Announcement): void;
}

/** The one that reaches the other contexts. */
export function channelAnnouncer(channel = new BroadcastChannel(ANNOUNCEMENT_CHANNEL)): Announcer {
  return { announce: (announcement) => channel.postMessage(announcement) };
}

/**
 * Listens to what changed. An announcement is a hint to read again, never the truth: nothing is
 * said about changes from before the call.
 * @returns ends the listening
 */
export function listen(onAnnouncement: (announcement: Announcement) => void): () => void {
  const channel = new BroadcastChannel(ANNOUNCEMENT_CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Announcement>) => onAnnouncement(data);
  return () => channel.close();
}
