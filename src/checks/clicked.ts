import type { ImageSource } from '../acquire/types';

/** What a click on the menu tells at once, before the page was looked at. */
export function clickedSource(info: chrome.contextMenus.OnClickData, tab: chrome.tabs.Tab): ImageSource {
  return {
    kind: 'unknown',
    url: info.srcUrl ?? null,
    pageUrl: info.pageUrl ?? tab.url ?? null,
    tabId: tab.id ?? -1,
    frameId: info.frameId ?? 0,
    windowId: tab.windowId,
    box: null,
    elementToken: null,
  };
}
