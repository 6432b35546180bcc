import { CheckError } from '../failures';
import { MIN_SIDE } from '../forensics/limits';
import type { Fetched } from './original';
import type { TabBox } from './page/box';

/**
 * What the tab shows of the picture: scaled and colour-managed by the browser, overlaid by whatever
 * the page lays over it. The last resort.
 * @throws CheckError `page-not-readable` where the tab may not be captured, `no-image-here` where too
 *   little of the picture is in sight
 */
export async function cropTab(windowId: number, box: TabBox): Promise<Fetched> {
  const address = await chrome.tabs.captureVisibleTab(windowId, { format: 'png' }).catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new CheckError({ code: 'page-not-readable', detail }, { cause });
  });
  const shot = await createImageBitmap(await (await fetch(address)).blob());
  try {
    const left = Math.max(0, Math.round(box.x * box.scale));
    const top = Math.max(0, Math.round(box.y * box.scale));
    const width = Math.min(shot.width - left, Math.round(box.width * box.scale));
    const height = Math.min(shot.height - top, Math.round(box.height * box.scale));
    if (Math.min(width, height) < MIN_SIDE)
      throw new CheckError({ code: 'no-image-here', detail: 'out of sight' });
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) throw new CheckError({ code: 'page-not-readable', detail: 'no canvas' });
    context.drawImage(shot, left, top, width, height, 0, 0, width, height);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return { bytes: await blob.arrayBuffer(), mime: blob.type };
  } finally {
    shot.close();
  }
}
