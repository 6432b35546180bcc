/**
 * What the service worker and the offscreen document post to each other besides Comlink's own calls.
 * The worker reaches the document as a client (`clients.matchAll`), the document reaches the worker by
 * `navigator.serviceWorker`; no one else can post either way, and both check the sender all the same.
 */

/** Worker to document, with a MessagePort on which it will speak Comlink (`AnalysisApi`). */
export const HELLO = { t: 'comlink' } as const;

/** Document to worker, every `ALIVE_MS` while work is pending: it keeps the worker from being stopped. */
export const ALIVE = { t: 'offscreen-alive' } as const;

/** Document to worker, when the last work has ended and when nothing came for `IDLE_MS`: it may be closed. */
export const IDLE = { t: 'offscreen-idle' } as const;

/** A service worker is stopped after 30 s without an event, even while a call is pending. */
export const ALIVE_MS = 10_000;

/** The document holds the networks in memory: without work it is closed after this long. */
export const IDLE_MS = 60_000;

export type OffscreenMessage = typeof ALIVE | typeof IDLE;

/** True for exactly the message `kind`; anything may arrive. */
export function isMessage<T extends string>(
  data: unknown,
  kind: { readonly t: T },
): data is { readonly t: T } {
  return typeof data === 'object' && data !== null && 't' in data && data.t === kind.t;
}
