import type { FailureCode } from '../../failures';

/** Bytes read inside the page, or why not. Plain data: it crosses to the service worker. */
export type PageRead =
  | { readonly ok: true; readonly bytes: ArrayBuffer; readonly mime: string }
  | { readonly ok: false; readonly failure: FailureCode };

/** A canvas larger than this is not copied: reading it back would need half a gigabyte. */
const MAX_CANVAS_PIXELS = 50_000_000;

/** Longest that a picture may take, in ms: the page shows it, so it is near. */
const READ_MS = 30_000;

const refuse = (failure: FailureCode): PageRead => ({ ok: false, failure });

/**
 * The file behind an address, with the page's own rights: blob: addresses, the page's own site (which
 * sends the Referer that hot-link guards ask for), and sites that let every page read. Cookies stay at home.
 * @param maxBytes reading stops there
 */
export async function readAddress(address: string, maxBytes: number): Promise<PageRead> {
  try {
    // The cached copy of another site's picture was fetched without asking for CORS, and lacks its headers.
    const foreign = /^https?:/i.test(address) && new URL(address).origin !== location.origin;
    const cache = foreign ? 'no-store' : 'force-cache';
    const signal = AbortSignal.timeout(READ_MS);
    const response = await fetch(address, { credentials: 'omit', cache, signal });
    if (!response.ok) return refuse('fetch-refused');
    const bytes = await readUpTo(response, maxBytes);
    if (bytes === null) return refuse('file-too-large');
    if (bytes.byteLength === 0) return refuse('empty-file');
    return { ok: true, bytes, mime: response.headers.get('content-type') ?? '' };
  } catch (error) {
    return refuse(
      error instanceof DOMException && error.name === 'TimeoutError' ? 'fetch-timeout' : 'fetch-refused',
    );
  }
}

/** The whole body, or null where it is longer than `most` bytes; not read any further then. */
async function readUpTo(response: Response, most: number): Promise<ArrayBuffer | null> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > most) {
      await reader.cancel();
      return null;
    }
    pieces.push(value);
  }
  return new Blob(pieces).arrayBuffer();
}

/** What the element shows, drawn again and kept without loss as PNG. */
export async function readPixels(element: Element, backgroundUrl: string | null): Promise<PageRead> {
  const picture = backgroundUrl === null ? drawable(element) : await load(backgroundUrl);
  if (!picture) return refuse('page-not-readable');
  const { source, width, height } = picture;
  if (width < 1 || height < 1) return refuse('no-image-here');
  if (width * height > MAX_CANVAS_PIXELS) return refuse('too-many-pixels');
  if (!canvasIsTrue()) return refuse('page-not-readable');
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) return refuse('page-not-readable');
  try {
    context.drawImage(source, 0, 0, width, height);
    // Throws where the picture is another site's: the browser keeps its pixels from the page.
    const probe = context.getImageData(0, 0, Math.min(width, 512), Math.min(height, 512));
    // A WebGL canvas that is not being drawn reads as empty; what the person sees is the tab's.
    if (probe.data.every((value) => value === 0)) return refuse('page-not-readable');
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return { ok: true, bytes: await blob.arrayBuffer(), mime: 'image/png' };
  } catch {
    return refuse('page-not-readable');
  }
}

interface Drawable {
  readonly source: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

function drawable(element: Element): Drawable | null {
  if (element instanceof HTMLImageElement) {
    return { source: element, width: element.naturalWidth, height: element.naturalHeight };
  }
  if (element instanceof HTMLVideoElement) {
    return { source: element, width: element.videoWidth, height: element.videoHeight };
  }
  if (element instanceof HTMLCanvasElement) {
    return { source: element, width: element.width, height: element.height };
  }
  return null;
}

/** A background has no element that could be drawn: the page loads it again, from its cache. */
async function load(url: string): Promise<Drawable | null> {
  const image = new Image();
  image.src = url;
  try {
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), READ_MS));
    await Promise.race([image.decode(), late]);
    return { source: image, width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  }
}

const PROBE_SIDE = 16;

/**
 * Some browsers add noise to what pages read from a canvas, against fingerprinting; such pixels would
 * be evidence of nothing. Opaque known pixels must come back byte for byte.
 */
export function canvasIsTrue(): boolean {
  const context = new OffscreenCanvas(PROBE_SIDE, PROBE_SIDE).getContext('2d');
  if (!context) return false;
  const wanted = context.createImageData(PROBE_SIDE, PROBE_SIDE);
  for (let at = 0; at < wanted.data.length; at += 1) wanted.data[at] = at % 4 === 3 ? 255 : (at * 37) % 256;
  context.putImageData(wanted, 0, 0);
  const got = context.getImageData(0, 0, PROBE_SIDE, PROBE_SIDE);
  return got.data.every((value, at) => value === wanted.data[at]);
}
