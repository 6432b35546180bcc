/** A page's message to the service worker, with the port on which it will speak Comlink (`WorkerApi`). */
export const CALL_WORKER = { t: 'call-worker' } as const;
