import type { SourceKind } from '../types';
import { backgroundsOf } from './css-images';

/** A picture that an element shows. */
export interface Candidate {
  readonly element: Element;
  readonly kind: Exclude<SourceKind, 'unknown' | 'page-address'>;
  /** Absolute address, or null for canvas and video frames. */
  readonly url: string | null;
}

/** Pictures smaller than this on the page, in CSS pixels, are icons and spacers, not what anyone means. */
const MIN_BOX = 24;

/** What `element` itself shows, most likely first; empty where it shows no picture. */
export function candidatesOf(element: Element): Candidate[] {
  const own = ownPicture(element);
  const backgrounds = backgroundsOf(element).map((url): Candidate => ({ element, kind: 'background', url }));
  return own ? [own, ...backgrounds] : backgrounds;
}

function ownPicture(element: Element): Candidate | null {
  if (element instanceof HTMLImageElement) {
    return withUrl(element, 'image', element.currentSrc || element.src);
  }
  if (element instanceof HTMLInputElement && element.type === 'image') {
    return withUrl(element, 'image', element.src);
  }
  if (element instanceof SVGImageElement) return withUrl(element, 'svg-image', element.href.baseVal);
  if (element instanceof HTMLCanvasElement) {
    return element.width > 0 && element.height > 0 ? { element, kind: 'canvas', url: null } : null;
  }
  if (element instanceof HTMLVideoElement) return videoPicture(element);
  if (element instanceof HTMLObjectElement && element.type.startsWith('image/')) {
    return withUrl(element, 'image', element.data);
  }
  if (element instanceof HTMLEmbedElement && element.type.startsWith('image/')) {
    return withUrl(element, 'image', element.src);
  }
  return null;
}

/** A video that was not started yet shows its poster; otherwise the frame is what the person sees. */
function videoPicture(video: HTMLVideoElement): Candidate | null {
  const untouched = video.currentTime === 0 && video.paused && video.played.length === 0;
  if (video.poster !== '' && untouched) return withUrl(video, 'poster', video.poster);
  return video.videoWidth > 0 ? { element: video, kind: 'video', url: null } : null;
}

function withUrl(element: Element, kind: Candidate['kind'], address: string): Candidate | null {
  if (address === '' || !URL.canParse(address, document.baseURI)) return null;
  return { element, kind, url: new URL(address, document.baseURI).href };
}

/** Box of the element in its frame's viewport; null where nothing of it is visible there. */
export function visibleBox(element: Element): DOMRect | null {
  const box = element.getBoundingClientRect();
  const left = Math.max(0, box.left);
  const top = Math.max(0, box.top);
  const width = Math.min(innerWidth, box.right) - left;
  const height = Math.min(innerHeight, box.bottom) - top;
  if (width < MIN_BOX || height < MIN_BOX) return null;
  return element.checkVisibility({ visibilityProperty: true }) ? new DOMRect(left, top, width, height) : null;
}
