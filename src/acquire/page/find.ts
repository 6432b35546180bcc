import { type Candidate, candidatesOf, visibleBox } from './candidate';
import { allElements, elementsAt, hoverChain } from './tree';

export interface Hint {
  /** Address that the browser says was clicked, where it knows one. */
  readonly srcUrl: string | null;
  /** Where the last right click in this document was, where that was seen; viewport, CSS pixels. */
  readonly point: { readonly x: number; readonly y: number } | null;
}

export type Found =
  | { readonly sure: true; readonly candidate: Candidate }
  /** The person has to say which one; visible candidates, the likeliest first, then in page order. Empty: there is no picture. */
  | { readonly sure: false; readonly candidates: readonly Candidate[] };

/** A container that covers more of the viewport than this says nothing about which picture was meant. */
const BACKDROP_SHARE = 0.6;
/** An overlay lies on a picture where the two share at least this much of their joined area. */
const OVERLAY_OVERLAP = 0.5;

/**
 * The picture under the cursor.
 *
 * Only an address or a seen point is proof. `:hover` is a hint: where the menu item was chosen with the
 * mouse, it can already tell what lies under that item (2 of 16 real clicks, Chromium 156), and a
 * verdict on the picture next door would be worse than a question.
 */
export function find({ srcUrl, point }: Hint): Found {
  if (srcUrl !== null) {
    const named = byAddress(srcUrl);
    if (named) return { sure: true, candidate: named };
  }
  const visible = [...allElements()]
    .filter((element) => visibleBox(element))
    .flatMap((element) => candidatesOf(element).slice(0, 1));
  if (point) {
    const likely = shownBy(elementsAt(point.x, point.y), visible);
    const [only, ...others] = likely;
    if (only && others.length === 0) return { sure: true, candidate: only };
    return { sure: false, candidates: likely.length > 0 ? likely : visible };
  }
  // The hovered element and its ancestors: the page's own backdrops say nothing.
  const hinted = shownBy(
    hoverChain().filter((element) => !isBackdrop(element)),
    visible,
  );
  const [first] = hinted;
  if (first && visible.every(({ element }) => element === first.element)) {
    return { sure: true, candidate: first };
  }
  const rest = visible.filter((one) => !hinted.some(({ element }) => element === one.element));
  return { sure: false, candidates: [...hinted, ...rest] };
}

/**
 * What a stack of elements, topmost first, shows: the first picture in it; else those that its top lies
 * over (they may let the pointer through); else the page's own backdrop.
 */
function shownBy(stack: readonly Element[], visible: readonly Candidate[]): Candidate[] {
  const direct = stack.filter((element) => !isBackdrop(element)).flatMap(candidatesOf)[0];
  if (direct) return [direct];
  const top = stack[0];
  const under = top && !isBackdrop(top) ? overlaid(top, visible) : [];
  return under.length > 0 ? under : stack.filter(isBackdrop).flatMap(candidatesOf).slice(0, 1);
}

/** The element that shows `address`: a hovered one before any other. */
function byAddress(address: string): Candidate | null {
  const showsIt = (element: Element) => candidatesOf(element).find(({ url }) => url === address);
  for (const element of hoverChain()) {
    const candidate = showsIt(element);
    if (candidate) return candidate;
  }
  for (const element of allElements()) {
    const candidate = showsIt(element);
    if (candidate && visibleBox(element)) return candidate;
  }
  return null;
}

function isBackdrop(element: Element): boolean {
  const box = visibleBox(element);
  const viewport = innerWidth * innerHeight;
  if (element === document.body || element === document.documentElement) return true;
  const picture = element instanceof HTMLImageElement || element instanceof HTMLCanvasElement;
  return !picture && box !== null && box.width * box.height > BACKDROP_SHARE * viewport;
}

/** Pictures that `cover` lies over: those it contains or matches in place and size, best match first. */
function overlaid(cover: Element, visible: readonly Candidate[]): Candidate[] {
  const over = visibleBox(cover);
  if (!over) return [];
  const scored = visible.map((candidate) => ({ candidate, overlap: overlap(over, candidate.element) }));
  const matched = scored.filter(({ overlap }) => overlap >= OVERLAY_OVERLAP);
  const [best, second] = matched.sort((a, b) => b.overlap - a.overlap);
  if (best && (!second || best.overlap - second.overlap > 0.1)) return [best.candidate];
  return scored.filter(({ overlap }) => overlap > 0).map(({ candidate }) => candidate);
}

/** Intersection over union of the visible boxes, 0..1. */
function overlap(over: DOMRect, element: Element): number {
  const box = visibleBox(element);
  if (!box) return 0;
  const width = Math.min(over.right, box.right) - Math.max(over.left, box.left);
  const height = Math.min(over.bottom, box.bottom) - Math.max(over.top, box.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (over.width * over.height + box.width * box.height - shared);
}
