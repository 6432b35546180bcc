import * as Comlink from 'comlink';
import { createAnalysisHost } from '../../src/analysis/host';
import { createPresence } from '../../src/analysis/presence';
import { servedApi } from '../../src/analysis/serve';
import { installErrorTransfer } from '../../src/rpc/errors';
import { HELLO, isMessage, type OffscreenMessage } from '../../src/rpc/offscreen-protocol';

/** The room where images are analysed: the service worker can neither decode pixels nor keep workers. */

installErrorTransfer();

async function post(message: OffscreenMessage): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  registration.active?.postMessage(message);
}

const api = servedApi(
  createAnalysisHost(),
  createPresence((message) => void post(message)),
);

function isOurWorker(source: MessageEventSource | null): boolean {
  return source instanceof ServiceWorker && new URL(source.scriptURL).origin === location.origin;
}

navigator.serviceWorker.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (port && isOurWorker(event.source) && isMessage(event.data, HELLO)) Comlink.expose(api, port);
});
navigator.serviceWorker.startMessages();
