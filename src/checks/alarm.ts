/** One alarm for all waiting checks: it is set for the one that is due first. */
const NAME = 'waiting-checks';

/** Sets or clears it. Chrome keeps it while the service worker sleeps, and rings no sooner than in 30 s. */
export async function setAlarm(at: number | null): Promise<void> {
  if (at === null) await chrome.alarms.clear(NAME);
  else await chrome.alarms.create(NAME, { when: at });
}

/** Calls back when it rings. Call it while the service worker starts, before the first await. */
export function watchAlarm(rings: () => void): void {
  chrome.alarms.onAlarm.addListener(({ name }) => {
    if (name === NAME) rings();
  });
}
