import { HELLO } from './offscreen-protocol';

/** The one offscreen document: whether it lives, and its making and closing (service worker only). */

export const OFFSCREEN_PATH = 'offscreen.html';

/** Identity of the living offscreen document, or null where there is none. */
export async function offscreenDocumentId(): Promise<string | null> {
  const contexts = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT],
  });
  return contexts[0]?.documentId ?? null;
}

let changing: Promise<unknown> = Promise.resolve();

/** Makings and closings one after the other: Chrome allows one document, and throws at a second. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = changing.then(work);
  changing = mine.catch(() => undefined);
  return mine;
}

/** As `offscreenDocumentId`, once every making and closing that is under way has ended. */
export function settledDocumentId(): Promise<string | null> {
  return inTurn(offscreenDocumentId);
}

/** Makes the document unless it lives. @returns its identity */
export function ensureOffscreenDocument(): Promise<string> {
  return inTurn(async () => {
    const living = await offscreenDocumentId();
    if (living !== null) return living;
    await chrome.offscreen
      .createDocument({
        url: OFFSCREEN_PATH,
        reasons: [chrome.offscreen.Reason.WORKERS],
        justification: 'Runs the image analysis and its neural network in web workers.',
      })
      .catch(async (error: unknown) => {
        // A service worker that was killed while making it may have left one behind.
        if ((await offscreenDocumentId()) === null) throw error;
      });
    const made = await offscreenDocumentId();
    if (made === null) throw new Error('The offscreen document went away as soon as it was made');
    return made;
  });
}

/**
 * Closes the document if there is one.
 * @param idle asked when its turn has come: a call that came in meanwhile keeps the document
 */
export function closeOffscreenDocument(idle: () => boolean): Promise<void> {
  return inTurn(async () => {
    if (idle() && (await offscreenDocumentId()) !== null) await chrome.offscreen.closeDocument();
  });
}

/** Hands a port to the living document, which answers `AnalysisApi` on it. */
export async function postPortToOffscreen(port: MessagePort): Promise<void> {
  const scope = globalThis as unknown as ServiceWorkerGlobalScope;
  const clients = await scope.clients.matchAll({ type: 'all', includeUncontrolled: true });
  const page = clients.find(({ url }) => url === chrome.runtime.getURL(OFFSCREEN_PATH));
  if (!page) throw new Error('The offscreen document is not among the clients');
  page.postMessage(HELLO, [port]);
}
