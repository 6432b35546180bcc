import * as Comlink from 'comlink';
import type { WorkerApi } from './contracts';
import { OFFSCREEN_PATH } from './offscreen-document';
import { IDLE, isMessage } from './offscreen-protocol';
import { CALL_WORKER } from './page-protocol';

/** Pages that may call the service worker. Every other sender is left without an answer. */
const PAGES: readonly string[] = ['popup.html', 'options.html', 'batch.html', 'demo.html', 'report.html'];

/** Answers our own pages, and hears the offscreen document. */
export function servePages(api: WorkerApi, onEngineIdle: () => void): void {
  self.addEventListener('message', (event: Event) => {
    if (!(event instanceof ExtendableMessageEvent)) return;
    const sender = senderPath(event);
    if (sender === null) return;
    if (sender === OFFSCREEN_PATH) {
      if (isMessage(event.data, IDLE)) onEngineIdle();
      return;
    }
    const [port] = event.ports;
    if (port && PAGES.includes(sender) && isMessage(event.data, CALL_WORKER)) Comlink.expose(api, port);
  });
}

/**
 * Path of the extension page that sent a message, or null for any other sender. Chrome hands a
 * service worker messages of its own origin only; this holds even if that were to change.
 */
function senderPath({ source, origin }: ExtendableMessageEvent): string | null {
  const own = new URL(chrome.runtime.getURL('')).origin;
  if (origin !== own || !(source instanceof Client)) return null;
  const url = new URL(source.url);
  return url.origin === own ? url.pathname.slice(1) : null;
}
