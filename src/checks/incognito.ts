/**
 * Calls back when no incognito window is open (any more): when the last one closes, and on start-up
 * where the browser ended before we could hear of it.
 */
export function watchIncognito(allClosed: () => void): void {
  const look = async () => {
    const windows = await chrome.windows.getAll();
    if (!windows.some(({ incognito }) => incognito)) allClosed();
  };
  chrome.windows.onRemoved.addListener(() => void look().catch(console.error));
  void look().catch(console.error);
}
