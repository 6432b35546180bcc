import { i18n } from '#i18n';
import { addressToAsk, askAccess } from './access';

const MENU_ID = 'check-image';

/** Puts "Check this image" into the menus. The page's own and links' too: pages hide images behind both. */
export async function installMenus(): Promise<void> {
  await chrome.contextMenus.removeAll();
  chrome.contextMenus.create({
    id: MENU_ID,
    title: i18n.t('menu.check'),
    contexts: ['image', 'page', 'link', 'video', 'frame', 'selection', 'editable'],
    documentUrlPatterns: ['http://*/*', 'https://*/*', 'file:///*', 'data:*'],
  });
}

/**
 * Starts asking for the access that this click needs. Call it first thing in the click's handler.
 * @returns whether access is granted; resolves true where nothing had to be asked
 */
export function requestAccess(info: chrome.contextMenus.OnClickData, tab: chrome.tabs.Tab): Promise<boolean> {
  const pageUrl = info.pageUrl ?? tab.url;
  const wanted = addressToAsk({ ...info, pageUrl });
  return wanted === null ? Promise.resolve(true) : askAccess(wanted, pageUrl ?? null);
}
