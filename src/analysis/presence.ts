import { ALIVE, ALIVE_MS, IDLE, IDLE_MS, type OffscreenMessage } from '../rpc/offscreen-protocol';

/** Tells the service worker whether there is work: it must not be stopped then, and may close us without. */
export interface Presence {
  /** @returns to be called when that piece of work has ended */
  begin(): () => void;
}

/** @param post sends a message to the service worker; it wakes a stopped one */
export function createPresence(post: (message: OffscreenMessage) => void): Presence {
  let working = 0;
  let alive: ReturnType<typeof setInterval> | undefined;
  let idle = setTimeout(() => post(IDLE), IDLE_MS);
  return {
    begin() {
      working += 1;
      if (working === 1) {
        clearTimeout(idle);
        alive = setInterval(() => post(ALIVE), ALIVE_MS);
      }
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        working -= 1;
        if (working > 0) return;
        clearInterval(alive);
        idle = setTimeout(() => post(IDLE), IDLE_MS);
      };
    },
  };
}
