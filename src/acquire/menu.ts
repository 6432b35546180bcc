import { i18n } from '#i18n';
import { addressToAsk, askAccess } from './access';
import { menuId, refusalsIn } from './menu-id';
import { forgetRefusals, onRefusalsChanged, readRefusals } from './refusals';

/** Puts "Check this image" into the menus. The page's own and links' too: pages hide images behind both. */
export async function installMenus(): Promise<void> {
  const id = menuId(await readRefusals());
  await chrome.contextMenus.removeAll();
  chrome.contextMenus.create({
    id,
    title: i18n.t('menu.check'),
    contexts: ['image', 'page', 'link', 'video', 'frame', 'selection', 'editable'],
    documentUrlPatterns: ['http://*/*', 'https://*/*', 'file:///*', 'data:*'],
  });
}

/**
 * Keeps the menus in step with what the person refused and granted. Call it at every start of the
 * worker, before anything is awaited.
 * @param failed hears of menus that could not be made
 */
export function watchMenus(failed: (cause: unknown) => void): void {
  const install = () => {
    installMenus().catch(failed);
  };
  chrome.runtime.onInstalled.addListener(install);
  // The menu outlives the browser, the session's refusals do not.
  chrome.runtime.onStartup.addListener(install);
  onRefusalsChanged(install);
  chrome.permissions.onAdded.addListener(() => {
    forgetRefusals().catch(failed);
  });
}

/**
 * Starts asking for the access that this click needs. Call it first thing in the click's handler.
 * @returns whether access is granted; resolves true where nothing had to be asked
 */
export function requestAccess(info: chrome.contextMenus.OnClickData, tab: chrome.tabs.Tab): Promise<boolean> {
  const pageUrl = info.pageUrl ?? tab.url;
  const wanted = addressToAsk({ ...info, pageUrl });
  if (wanted === null) return Promise.resolve(true);
  return askAccess(wanted, pageUrl ?? null, refusalsIn(info.menuItemId));
}
