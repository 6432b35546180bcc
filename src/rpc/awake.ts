/**
 * Chrome ends a service worker 30 s after the last event, also while promises are pending; a call
 * of an extension API starts the count anew.
 */
const PULSE_MS = 20_000;

let pending = 0;
let pulse: ReturnType<typeof setInterval> | null = null;

/** Keeps the service worker alive until `work` has ended. */
export async function awake<Result>(work: Promise<Result>): Promise<Result> {
  pending += 1;
  pulse ??= setInterval(() => void chrome.runtime.getPlatformInfo(), PULSE_MS);
  try {
    return await work;
  } finally {
    pending -= 1;
    if (pending === 0 && pulse !== null) {
      clearInterval(pulse);
      pulse = null;
    }
  }
}
