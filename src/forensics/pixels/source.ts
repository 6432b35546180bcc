import type { PixelSource, Rect, WordOrder } from '../image';

/** @throws RangeError where `rect` is empty, not on whole pixels, or not inside width x height */
export function assertInside(rect: Rect, width: number, height: number): void {
  const whole = [rect.x, rect.y, rect.width, rect.height].every(Number.isInteger);
  const inside =
    rect.x >= 0 &&
    rect.y >= 0 &&
    rect.width > 0 &&
    rect.height > 0 &&
    rect.x + rect.width <= width &&
    rect.y + rect.height <= height;
  if (!whole || !inside) {
    throw new RangeError(
      `Expected a rectangle inside ${width} x ${height} but received ` +
        `${rect.width} x ${rect.height} at ${rect.x}, ${rect.y}`,
    );
  }
}

/**
 * Reads rectangles one behind the other into one array, and waits once: each wait costs a turn through another
 * thread, which a busy machine makes long.
 * @param rects at least one
 */
export async function rawAll(
  source: PixelSource,
  rects: readonly Rect[],
  into: Int32Array<ArrayBuffer>,
): Promise<WordOrder> {
  let at = 0;
  const reads = rects.map((rect) => {
    const from = at;
    at += rect.width * rect.height;
    return source.raw(rect, into.subarray(from, at));
  });
  const [order = 'rgb'] = await Promise.all(reads);
  return order;
}

/** A rectangle of pixels as `PixelSource.raw` answers them; `words` is good until the next one is asked for. */
export interface Strip {
  readonly words: Int32Array;
  readonly order: WordOrder;
}

/** Rectangles in memory: one that is looked at, the others on their way. */
const AHEAD = 3;

/**
 * Reads rectangles one after another, the next ones while one is looked at: each wait costs a turn through another
 * thread, which a busy machine makes long.
 */
export async function* readAhead(source: PixelSource, rects: readonly Rect[]): AsyncGenerator<Strip> {
  const most = rects.reduce((pixels, { width, height }) => Math.max(pixels, width * height), 0);
  const rooms = Array.from({ length: Math.min(AHEAD, rects.length) }, () => new Int32Array(most));
  const reads: Promise<Strip>[] = [];
  const begin = async (rect: Rect, room: Int32Array<ArrayBuffer>): Promise<Strip> => {
    const words = room.subarray(0, rect.width * rect.height);
    return { words, order: await source.raw(rect, words) };
  };
  for (let at = 0; at < rects.length + rooms.length - 1; at++) {
    const next = rects[at];
    const room = rooms[at % rooms.length];
    if (next && room) {
      const read = begin(next, room);
      // One that fails is told when it is its turn; nobody may be waiting before.
      read.catch(() => undefined);
      reads.push(read);
    }
    const due = at - rooms.length + 1;
    const strip = due >= 0 ? reads[due] : undefined;
    if (strip) yield await strip;
  }
}
