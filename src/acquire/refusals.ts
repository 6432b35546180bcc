/**
 * Hosts that the person refused in this browser session.
 *
 * The click that wakes the worker must ask, or not, before anything can be read from storage. So the
 * menu item's own id carries the list (menu.ts), and is made anew when the list changes.
 */

const KEY = 'refusedHosts';

/** More than this are forgotten, the oldest first: an id is no place for a long list. */
const MAX_REFUSALS = 30;

/** Match patterns refused in this session, oldest first. */
export async function readRefusals(): Promise<string[]> {
  const { [KEY]: stored } = await chrome.storage.session.get(KEY);
  return Array.isArray(stored) ? stored.filter((value) => typeof value === 'string') : [];
}

export async function rememberRefusal(pattern: string): Promise<void> {
  const others = (await readRefusals()).filter((known) => known !== pattern);
  await chrome.storage.session.set({ [KEY]: [...others, pattern].slice(-MAX_REFUSALS) });
}

/** Forgets every refusal: access was granted elsewhere (popup, settings, browser), so minds changed. */
export async function forgetRefusals(): Promise<void> {
  await chrome.storage.session.remove(KEY);
}

/** Calls back when the list has changed, whoever changed it. */
export function onRefusalsChanged(listener: () => void): void {
  chrome.storage.session.onChanged.addListener((changes) => {
    if (KEY in changes) listener();
  });
}
