import type { CloseUp, Survey } from '../layer';
import type { RgbaImage } from '../rgba';
import type { CropsView } from './card';
import type { Network } from './detector';
import { type Corner, cornerOf, gridOffsets, placeOf, squaresTensor } from './views';

/**
 * Neighbouring close-ups lie at most this far apart, in their own sides: each shares at least an eighth with the next,
 * so that no part of the picture goes unseen. A square picture of 512 px is looked at by 5 x 5 squares of 128.
 */
const MOST_APART = 7 / 8;

/** Close-ups along either side, at most: bounds the time that a long picture takes. */
const MOST_ALONG = 9;

/** What the networks saw of a picture for its verdict. */
export interface Judged {
  readonly view: CropsView;
  readonly prepared: RgbaImage;
  /** Of the analysed image, in px. */
  readonly width: number;
  readonly height: number;
  /** Log-odds of the view's cells, in their order; none where the verdict does not rest on this view. */
  readonly logits: readonly number[];
}

/**
 * How many close-ups lie along a side: an odd number, so that those in the corners and in the middle, which cards
 * judge for the verdict, are among them.
 * @param length of the side in prepared px
 * @param size of a close-up in prepared px
 * @returns 1 where the side is no longer than a close-up
 */
export function closeUpsAlong(length: number, size: number): number {
  const room = Math.max(0, length - size);
  return Math.min(MOST_ALONG, 2 * Math.ceil(room / (2 * MOST_APART * size)) + 1);
}

/**
 * Judges close-ups all over a picture, those of its verdict not again. As many go to the network at a time as the card
 * has cells: it has the memory, and on a graphics card the shaders, for that number.
 * @returns null where there is room for one only, or for no more than the verdict's own
 * @throws the signal's reason between two batches; ModelError where the network fails
 */
export async function survey(judged: Judged, network: Network, signal: AbortSignal): Promise<Survey | null> {
  const { view, prepared, width, height } = judged;
  const scale = width / prepared.width;
  const { size } = view.input;
  const columns = offsetsOver(prepared.width, size);
  const rows = offsetsOver(prepared.height, size);
  const corners = rows.flatMap((y) => columns.map((x): Corner => [x, y]));
  const known = new Map(
    view.cells.map((cell, at) => [key(cornerOf(prepared, view.grid, size, cell)), judged.logits[at]]),
  );
  const unknown = corners.filter((corner) => known.get(key(corner)) === undefined);
  if (unknown.length === 0 || corners.length === 1) return null;

  const each = view.cells.length;
  for (let from = 0; from < unknown.length; from += each) {
    signal.throwIfAborted();
    const batch = unknown.slice(from, from + each);
    // The last batch is filled up: another number would cost more than it saves.
    const full = Array.from({ length: each }, (_, at): Corner => batch[at] ?? batch[0] ?? [0, 0]);
    const { logits } = await network.infer(view.id, squaresTensor(prepared, view, full), each, signal);
    for (const [at, corner] of batch.entries()) known.set(key(corner), logits[at]);
  }
  signal.throwIfAborted();
  const crops = corners.map(
    (corner): CloseUp => ({
      ...placeOf(corner[0], corner[1], size, scale),
      logit: known.get(key(corner)) ?? 0,
    }),
  );
  return { width, height, crops };
}

function offsetsOver(length: number, size: number): number[] {
  return gridOffsets(length, size, closeUpsAlong(length, size));
}

function key([x, y]: Corner): string {
  return `${x} ${y}`;
}
