import type { Rect } from '../image';

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
