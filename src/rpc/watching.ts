/**
 * Which check a page shows while it is at work. The page holds a port open for it; Chrome closes the
 * port with the page, however the page ends, which no event inside the page can be relied on to tell.
 */
const PORT = 'watching';

/** Pages whose closing stops what they show. */
const WATCHING: readonly string[] = ['/popup.html'];

/** A page's side. */
export interface Watching {
  /** Says which check is shown at work now; null where none is. */
  show(jobId: string | null): void;
}

/** Connects at the first check that is shown, and again where the service worker has died meanwhile. */
export function createWatching(): Watching {
  let shown: string | null = null;
  let port: chrome.runtime.Port | null = null;
  const connected = (): chrome.runtime.Port => {
    const opened = chrome.runtime.connect({ name: PORT });
    opened.onDisconnect.addListener(() => {
      if (port === opened) port = null;
      // The worker that starts anew has to know; it takes the check up again by itself.
      if (shown !== null) tell();
    });
    return opened;
  };
  const tell = () => {
    port ??= connected();
    port.postMessage(shown);
  };
  return {
    show(jobId) {
      if (jobId === shown) return;
      shown = jobId;
      if (port !== null || shown !== null) tell();
    },
  };
}

/**
 * The service worker's side. Call it while the worker starts.
 * @param onUnseen the last page that showed this check at work was closed
 */
export function watchPages(onUnseen: (jobId: string) => void): void {
  const shown = new Map<chrome.runtime.Port, string | null>();
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== PORT || !isOwnPage(port.sender)) return;
    shown.set(port, null);
    port.onMessage.addListener((jobId: unknown) => {
      shown.set(port, typeof jobId === 'string' ? jobId : null);
    });
    port.onDisconnect.addListener(() => {
      const jobId = shown.get(port) ?? null;
      shown.delete(port);
      if (jobId !== null && ![...shown.values()].includes(jobId)) onUnseen(jobId);
    });
  });
}

function isOwnPage(sender: chrome.runtime.MessageSender | undefined): boolean {
  if (!sender?.url || sender.id !== chrome.runtime.id) return false;
  const own = chrome.runtime.getURL('');
  return sender.url.startsWith(own) && WATCHING.includes(new URL(sender.url).pathname);
}
