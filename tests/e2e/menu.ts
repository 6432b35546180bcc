import type { Extension } from './harness';

/** What Chrome tells of a click on the menu, beyond the page's address. */
export interface MenuClick {
  readonly srcUrl?: string;
  readonly mediaType?: string;
  readonly frameId?: number;
  readonly frameUrl?: string;
}

/**
 * Chooses "Check this image" for the tab in front, as Chrome would tell it. It grants no activeTab: only a
 * real click does (right-click.xvfb.spec.ts).
 * @returns the tab's id
 */
export async function chooseCheck(extension: Extension, pageUrl: string, click: MenuClick): Promise<number> {
  const worker = await extension.worker();
  return worker.evaluate(
    async ([url, more]) => {
      const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
      const info = { menuItemId: 'check-image', pageUrl: url, frameId: 0, editable: false, ...more };
      const { onClicked } = chrome.contextMenus;
      // Chrome's own event object can be made to happen; its types do not say so.
      Reflect.get(onClicked, 'dispatch').call(onClicked, info, tab);
      return tab?.id ?? -1;
    },
    [pageUrl, click] as const,
  );
}

/** The same on an image. */
export function chooseCheckOnImage(extension: Extension, pageUrl: string, srcUrl: string): Promise<number> {
  return chooseCheck(extension, pageUrl, { mediaType: 'image', srcUrl });
}
