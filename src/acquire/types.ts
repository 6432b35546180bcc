import type { AcquiredBy } from '../forensics/report';

/** What was under the cursor. `unknown`: not looked for yet (the check was just clicked). */
export type SourceKind =
  | 'unknown'
  | 'image'
  | 'background'
  | 'svg-image'
  | 'canvas'
  | 'video'
  | 'poster'
  | 'page-address';

/** Where an image was met, before its bytes are had. Plain data: it is persisted with the check. */
export interface ImageSource {
  readonly kind: SourceKind;
  /** Absolute address (http, https, data, blob), or null for canvas and video frames. */
  readonly url: string | null;
  readonly pageUrl: string | null;
  readonly tabId: number;
  readonly frameId: number;
  readonly windowId: number;
  /** Box in the tab's viewport in CSS pixels, and the device pixel ratio: what a crop of the tab needs. */
  readonly box: { x: number; y: number; width: number; height: number; scale: number } | null;
  /** Mark the picker left on the element, to find it again for its pixels; null if none. */
  readonly elementToken: string | null;
}

/** One image, had. Bytes are always an encoded image file (pixels are wrapped as PNG). */
export interface AcquiredImage {
  readonly bytes: ArrayBuffer;
  /** As the server or page said it; never trusted: the engine sniffs. */
  readonly mime: string;
  readonly how: AcquiredBy;
  readonly url: string | null;
  readonly pageUrl: string | null;
  /** Milliseconds it took. */
  readonly ms: number;
  /** Why better ways failed, in the order tried: shown as "permission for cdn.example was refused". */
  readonly attempts: readonly AcquireAttempt[];
}

export interface AcquireAttempt {
  readonly way: AcquiredBy;
  /** A code of `failures.ts`. */
  readonly failure: import('../failures').FailureCode;
  readonly host: string | null;
}
