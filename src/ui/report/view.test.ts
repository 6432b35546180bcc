import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clamped,
  fitted,
  framing,
  MAX_SCALE,
  panned,
  pixelAt,
  type Size,
  transformOf,
  type View,
  zoomed,
} from './view';

const picture: Size = { width: 4000, height: 3000 };
const pane: Size = { width: 800, height: 800 };

const size = fc.record({
  width: fc.integer({ min: 1, max: 20_000 }),
  height: fc.integer({ min: 1, max: 20_000 }),
});
const place = fc.record({ x: fc.integer({ min: -100, max: 2000 }), y: fc.integer({ min: -100, max: 2000 }) });

describe('a view of the picture', () => {
  it('fits the whole in the middle', () => {
    expect(fitted(picture, pane)).toEqual({ center: { x: 2000, y: 1500 }, scale: 0.2 });
    // 800 x 600 in the middle of 800 x 800.
    expect(transformOf(fitted(picture, pane), pane)).toBe('translate(0px, 100px) scale(0.2)');
    expect(fitted({ width: 10, height: 10 }, pane).scale).toBe(8);
  });

  it('keeps the pixel under the pointer where it is', () => {
    const at = { x: 600, y: 500 };
    // Pixel (3000, 2000) at first, and after doubling: half as far from the middle.
    expect(pixelAt(fitted(picture, pane), pane, at)).toEqual({ x: 3000, y: 2000 });
    const closer = zoomed(fitted(picture, pane), 2, at, picture, pane);
    expect(closer.scale).toBeCloseTo(0.4, 12);
    const after = pixelAt(closer, pane, at);
    expect(after.x).toBeCloseTo(3000, 9);
    expect(after.y).toBeCloseTo(2000, 9);
  });

  it('pans no further than the edge', () => {
    const near: View = { center: { x: 2000, y: 1500 }, scale: 1 };
    expect(panned(near, { x: 100, y: -50 }, picture, pane).center).toEqual({ x: 2100, y: 1450 });
    expect(panned(near, { x: 1e6, y: -1e6 }, picture, pane).center).toEqual({ x: 3600, y: 400 });
  });

  it('frames a part with room around it', () => {
    const { center, scale } = framing({ x: 1000, y: 1000, width: 200, height: 100 }, picture, pane);
    expect(center).toEqual({ x: 1100, y: 1050 });
    expect(scale).toBeCloseTo(800 / 334, 9);
  });

  it('shows some of the picture and never less of it than fits, whatever is done', () => {
    const step = fc.oneof(
      fc.record({ factor: fc.double({ min: 0.01, max: 100, noNaN: true }), at: place }),
      fc.record({ by: place }),
    );
    fc.assert(
      fc.property(size, size, fc.array(step, { maxLength: 20 }), (image, room, steps) => {
        let view = fitted(image, room);
        const least = view.scale;
        for (const s of steps) {
          view = 'by' in s ? panned(view, s.by, image, room) : zoomed(view, s.factor, s.at, image, room);
        }
        expect(view.scale).toBeGreaterThanOrEqual(Math.min(least, MAX_SCALE) * (1 - 1e-12));
        expect(view.scale).toBeLessThanOrEqual(MAX_SCALE);
        expect(view.center.x).toBeGreaterThanOrEqual(0);
        expect(view.center.x).toBeLessThanOrEqual(image.width);
        expect(view.center.y).toBeGreaterThanOrEqual(0);
        expect(view.center.y).toBeLessThanOrEqual(image.height);
        // A view that was clamped already stays as it is.
        const again = clamped(view, image, room);
        expect(again.center.x).toBeCloseTo(view.center.x, 6);
        expect(again.center.y).toBeCloseTo(view.center.y, 6);
      }),
    );
  });
});
