import { AnalysisClient } from './analysis-client';
import { closeOffscreenDocument, ensureOffscreenDocument, postPortToOffscreen } from './offscreen-document';

/** The service worker's way to the engine; its document is made at the first call. */
export function createOffscreenClient(): AnalysisClient {
  return new AnalysisClient(async () => {
    const documentId = await ensureOffscreenDocument();
    const { port1, port2 } = new MessageChannel();
    await postPortToOffscreen(port2);
    return { port: port1, documentId };
  });
}

/**
 * Closes the document, which said that it has been idle for a while: it holds networks of tens of
 * megabytes. A call that came in meanwhile keeps it; it will say so again after that.
 */
export function closeIdleDocument(client: AnalysisClient): Promise<void> {
  return closeOffscreenDocument(() => client.pending === 0);
}
