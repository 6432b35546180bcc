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
