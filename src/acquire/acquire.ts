import { CheckError, type Failure, type FailureCode, toFailure } from '../failures';
import { MAX_FILE_BYTES } from '../forensics/limits';
import type { AcquiredBy } from '../forensics/report';
import { hostOf, mayFetch } from './access';
import { callPicker } from './in-page';
import { type Fetched, fetchOriginal, readDataUrl } from './original';
import { cropTab } from './tab-crop';
import type { AcquireAttempt, AcquiredImage, ImageSource } from './types';

/** Failures that no worse way can mend: the person must know, rather than get a verdict on less. */
const FINAL: readonly FailureCode[] = ['file-too-large', 'cancelled'];

interface Way {
  readonly how: AcquiredBy;
  readonly run: () => Promise<Fetched>;
}

/**
 * Gets the bytes, the best way first: the site's own file, the file by the page's hand, the pixels
 * drawn again, a crop of the tab. Needs nothing but `source`, so that a check can be taken up again
 * by the next service worker.
 * @throws CheckError what the best way failed with, once every way has failed
 */
export async function acquire(source: ImageSource, signal: AbortSignal): Promise<AcquiredImage> {
  const began = performance.now();
  const attempts: AcquireAttempt[] = [];
  let first: Failure | null = null;
  for (const { how, run } of waysTo(source, signal)) {
    if (signal.aborted) throw new CheckError({ code: 'cancelled' });
    try {
      const { bytes, mime } = await run();
      const ms = performance.now() - began;
      return { bytes, mime, how, url: source.url, pageUrl: source.pageUrl, ms, attempts };
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (FINAL.includes(failure.code)) throw thrown;
      attempts.push({ way: how, failure: failure.code, host: hostOf(source.url) });
      first ??= failure;
    }
  }
  throw new CheckError(first ?? { code: 'no-image-here' });
}

/** The ways that can apply to this source, best first. */
function waysTo(source: ImageSource, signal: AbortSignal): Way[] {
  const { url, pageUrl, kind, elementToken: token } = source;
  const frame = { tabId: source.tabId, frameId: source.frameId };
  const inTab = source.tabId >= 0;
  const ways: Way[] = [];
  if (url !== null && /^data:/i.test(url)) ways.push({ how: 'page-bytes', run: () => readDataUrl(url) });
  if (url !== null && /^https?:/i.test(url)) {
    ways.push({ how: 'original', run: () => fetchOriginal(url, pageUrl, signal) });
  }
  // blob: belongs to its page alone; a page reads its own site with the Referer that hot-link guards want,
  // and other sites where they let every page read (CORS), which needs no access at all.
  if (url !== null && inTab && (/^blob:/i.test(url) || mayFetch(url, pageUrl))) {
    ways.push({
      how: 'page-bytes',
      run: () => readInPage(() => callPicker(frame, 'readAddress', url, MAX_FILE_BYTES)),
    });
  }
  if (inTab && token !== null) {
    const redrawn = kind === 'background' || kind === 'poster' || kind === 'svg-image' ? url : null;
    ways.push({
      how: 'page-pixels',
      run: () => readInPage(() => callPicker(frame, 'readPixels', token, redrawn)),
    });
    ways.push({ how: 'tab-crop', run: () => cropShown(source, token) });
  }
  return ways;
}

async function readInPage(call: () => ReturnType<typeof callPicker<'readPixels'>>): Promise<Fetched> {
  const read = await call();
  if (read.ok) return { bytes: read.bytes, mime: read.mime };
  const limit = MAX_FILE_BYTES / (1024 * 1024);
  const args = read.failure === 'file-too-large' ? [`> ${limit}`, limit] : undefined;
  throw new CheckError({ code: read.failure, args });
}

/** The page may have been scrolled since the click: the place is asked for again, right before the shot. */
async function cropShown(source: ImageSource, token: string): Promise<Fetched> {
  const tab = await chrome.tabs.get(source.tabId).catch(() => null);
  if (!tab?.active) throw new CheckError({ code: 'page-not-readable', detail: 'the tab is not in front' });
  const box = await callPicker({ tabId: source.tabId, frameId: source.frameId }, 'box', token);
  if (!box) throw new CheckError({ code: 'no-image-here', detail: 'out of sight' });
  return cropTab(tab.windowId, box);
}
