import { i18n } from '#i18n';
import type { AccessQuestion, LocateAnswer, PickerApi } from '../picker-api';
import { tabBox } from './box';
import type { Candidate } from './candidate';
import { choose } from './choose';
import { find } from './find';
import { readAddress, readPixels } from './read';

/** A right click is forgotten after this long, in ms: a menu does not stay open longer. */
const CLICK_LIFETIME_MS = 60_000;

/**
 * What the service worker calls in the page (`chrome.scripting.executeScript`). It lives in the
 * extension's isolated world, out of the page's sight, and leaves no mark in the document.
 */
export function createPicker(): PickerApi {
  const elements = new Map<string, WeakRef<Element>>();
  let lastClick: { x: number; y: number; at: number } | null = null;
  document.addEventListener(
    'contextmenu',
    ({ clientX, clientY, isTrusted }) => {
      if (isTrusted) lastClick = { x: clientX, y: clientY, at: performance.now() };
    },
    { capture: true, passive: true },
  );

  const remember = (element: Element): string => {
    const token = newToken();
    elements.set(token, new WeakRef(element));
    return token;
  };
  const recall = (token: string): Element | null => {
    const element = elements.get(token)?.deref();
    return element?.isConnected ? element : null;
  };

  return {
    async locate(srcUrl) {
      const recent = lastClick !== null && performance.now() - lastClick.at < CLICK_LIFETIME_MS;
      const found = find({ srcUrl, point: recent ? lastClick : null });
      lastClick = null;
      // An address that the menu gave was asked for with the click itself: two questions at once would hang.
      if (found.sure) return answer(found.candidate, remember, srcUrl === null);
      if (srcUrl !== null || found.candidates.length === 0) return null;
      const chosen = await choose(found.candidates, {
        title: i18n.t('picker.title'),
        hint: i18n.t('picker.hint'),
        cancel: i18n.t('picker.cancel'),
        picture: (number) => i18n.t('picker.picture', [String(number)]),
      });
      return chosen ? answer(chosen, remember, true) : 'cancelled';
    },
    readAddress,
    async readPixels(token, backgroundUrl) {
      const element = recall(token);
      return element ? readPixels(element, backgroundUrl) : { ok: false, failure: 'page-not-readable' };
    },
    box(token) {
      const element = recall(token);
      // A broken picture shows the browser's icon for it: a crop of that is evidence of nothing.
      const broken = element instanceof HTMLImageElement && element.naturalWidth === 0;
      return element && !broken ? tabBox(element) : null;
    },
  };
}

async function answer(
  { element, kind, url }: Candidate,
  remember: (element: Element) => string,
  mayAsk: boolean,
): Promise<LocateAnswer> {
  // Asked from here, while the page still holds the person's click: the worker's own has passed.
  if (mayAsk && url !== null && isForeign(url)) {
    const question: AccessQuestion = { type: 'truegrain:ask-access', url };
    await chrome.runtime.sendMessage(question).catch(() => undefined);
  }
  return { kind, url, box: tabBox(element), token: remember(element) };
}

function isForeign(url: string): boolean {
  return /^https?:/i.test(url) && new URL(url).origin !== location.origin;
}

/** Unlike any other of this document or the next. (`crypto.randomUUID` is missing on plain http pages.) */
function newToken(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
