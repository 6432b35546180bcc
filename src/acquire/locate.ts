import { CheckError } from '../failures';
import { callPicker, whileAsking } from './in-page';
import type { ImageSource } from './types';

/**
 * Finds what was clicked, in the page, although the page may hide it.
 *
 * The menu does not say where the pointer was. It says which image, if the topmost element is one;
 * otherwise the picker looks (src/acquire/page/find.ts) and, where it cannot be sure, the person points.
 * @param access what `requestAccess` answered for the same click: another site's frame opens only then
 * @throws CheckError `no-image-here`, `cancelled` (the person closed the choice), `page-not-readable`
 */
export async function locate(
  info: chrome.contextMenus.OnClickData,
  tab: chrome.tabs.Tab,
  access: Promise<boolean>,
): Promise<ImageSource> {
  const tabId = tab.id ?? -1;
  const frameId = info.frameId ?? 0;
  const pageUrl = info.pageUrl ?? tab.url ?? null;
  const base = { pageUrl, tabId, frameId, windowId: tab.windowId };
  // A video's source is the film, not the frame that is seen.
  const srcUrl = info.mediaType === 'video' || info.mediaType === 'audio' ? null : (info.srcUrl ?? null);
  const frame = { tabId, frameId };
  try {
    const look = () => whileAsking(frame, pageUrl, () => callPicker(frame, 'locate', srcUrl));
    const found = await look().catch(async (thrown: unknown) => {
      if (!isUnreadable(thrown) || !(await access)) throw thrown;
      return look();
    });
    if (found === 'cancelled') throw new CheckError({ code: 'cancelled' });
    if (found) {
      const { kind, box, token } = found;
      return {
        ...base,
        kind,
        url: found.url ?? (kind === 'image' ? srcUrl : null),
        box,
        elementToken: token,
      };
    }
  } catch (thrown) {
    // Where nobody is let in, the address that the menu gave is enough to go on with.
    if (srcUrl === null || !isUnreadable(thrown)) throw thrown;
  }
  if (srcUrl !== null) return { ...base, kind: 'image', url: srcUrl, box: null, elementToken: null };
  throw new CheckError({ code: 'no-image-here' });
}

function isUnreadable(thrown: unknown): boolean {
  return thrown instanceof CheckError && thrown.failure.code === 'page-not-readable';
}
