import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fractalField, greyImage, seeded } from '../../../../tests/fixtures/noise';
import type { EngineServices } from '../../layer';
import { arrayPixelSource } from '../../pixels/array';
import { createForensicImage } from '../../pixels/forensic-image';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { frequency } from './index';

/** The layer asks nothing of the services: any call is an error. */
const services = new Proxy({} as EngineServices, {
  get: (_, name) => {
    throw new Error(`Asked for ${String(name)}`);
  },
});

async function analyze(picture: RgbaImage): Promise<LayerResult> {
  const image = createForensicImage({
    how: 'tab-crop',
    format: 'png',
    bytes: new Uint8Array(),
    pixels: arrayPixelSource(picture),
  });
  return frequency.analyze(image, services, new AbortController().signal);
}

function natural(width: number, height: number, extra: (x: number, y: number) => number): RgbaImage {
  const noise = fractalField(512, 2, 21);
  return greyImage(
    width,
    height,
    (x, y) => 128 + 25 * (noise[(y % 512) * 512 + (x % 512)] ?? 0) + extra(x, y),
  );
}

describe('frequency layer', () => {
  it('is clear of natural-like noise', async () => {
    const result = await analyze(natural(512, 512, () => 0));
    expect(result.status).toBe('clear');
    expect(result.label).toEqual({ key: 'layers.frequency.label.none' });
    expect(result.features.slope).toBeCloseTo(2, 0);
    expect(result.features.tiles).toBe(4);
  });

  it('warns of a repeating pattern, names its period, and marks it in the picture', async () => {
    const result = await analyze(natural(512, 512, (x) => 5 * Math.cos((2 * Math.PI * x) / 7)));
    expect(result.status).toBe('warning');
    expect(result.label).toEqual({ key: 'layers.frequency.label.pattern', args: [7] });
    const marks = result.picture?.marks ?? [];
    expect(marks.map((mark) => mark.label)).toEqual(['1', '1']);
    const [left, right] = marks.map((mark) => mark.x).sort((a, b) => a - b);
    expect(Math.abs((left ?? 0) - (128 - 256 / 7))).toBeLessThan(0.2);
    expect(Math.abs((right ?? 0) - (128 + 256 / 7))).toBeLessThan(0.2);
    expect(marks[0]?.y).toBeCloseTo(128, 0);
  });

  it('flags the lattice of upsampling by powers of two', async () => {
    const waves = [
      [3 / 16, 0],
      [0, 5 / 16],
      [3 / 16, 3 / 16],
      [5 / 16, 1 / 16],
    ] as const;
    const result = await analyze(
      natural(512, 512, (x, y) =>
        waves.reduce((sum, [fx, fy]) => sum + 3 * Math.cos(2 * Math.PI * (fx * x + fy * y)), 0),
      ),
    );
    expect(result.status).toBe('flagged');
  });

  it('takes 8-px blocks for JPEG, not for a pattern', async () => {
    const uniform = seeded(8);
    const steps = Array.from({ length: 64 * 64 }, () => 30 * uniform());
    const result = await analyze(
      natural(512, 512, (x, y) => steps[Math.floor(y / 8) * 64 + Math.floor(x / 8)] ?? 0),
    );
    const without = await analyze(natural(512, 512, () => 0));
    expect(result.features.blocks).toBeGreaterThan((without.features.blocks ?? 0) + 1.5);
    expect(result.status).toBe('clear');
  });

  it.each([
    [1, 1],
    [63, 63],
    [63, 5000],
  ])('does not run on %i x %i', async (width, height) => {
    const result = await analyze(greyImage(width, height, (x, y) => (x * 7 + y * 13) % 256));
    expect(result.status).toBe('unavailable');
    expect(result.unavailable).toEqual({ key: 'layers.frequency.unavailable.small', args: [64] });
  });

  it('does not run on a flat picture', async () => {
    const result = await analyze(greyImage(300, 300, () => 200));
    expect(result.unavailable).toEqual({ key: 'layers.frequency.unavailable.blank' });
  });

  it('runs on a strip of 64 x 10,000', async () => {
    const uniform = seeded(1);
    const result = await analyze(greyImage(64, 10_000, () => 255 * uniform()));
    expect(result.features.tileSide).toBe(64);
    expect(result.features.tiles).toBe(16);
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const image = createForensicImage({
      how: 'file',
      format: 'png',
      bytes: new Uint8Array(),
      pixels: arrayPixelSource(greyImage(64, 64, (x) => x)),
    });
    await expect(frequency.analyze(image, services, controller.signal)).rejects.toThrow();
  });

  it('answers finite features and a whole picture, whatever the pixels', async () => {
    const names = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(64, 65, 128, 200),
        fc.constantFrom(64, 130),
        fc.integer(),
        fc.constantFrom(1, 2, 37, 256),
        fc.constantFrom(1, 3, 8, 64),
        async (width, height, seed, levels, cell) => {
          const uniform = seeded(seed);
          const values = Array.from({ length: 4096 }, () => Math.floor(uniform() * levels));
          const result = await analyze(
            greyImage(
              width,
              height,
              (x, y) => values[(Math.floor(x / cell) * 67 + Math.floor(y / cell)) % 4096] ?? 0,
            ),
          );
          for (const [name, value] of Object.entries(result.features)) {
            names.add(name);
            expect(Number.isFinite(value), `${name} = ${value}`).toBe(true);
          }
          for (const fact of result.facts ?? []) {
            if ('args' in fact.value) {
              for (const arg of fact.value.args ?? []) expect(Number.isFinite(arg)).toBe(true);
            }
          }
          for (const mark of result.picture?.marks ?? []) {
            expect(mark.x >= 0 && mark.x < 256 && mark.y >= 0 && mark.y < 256).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
    expect(names.size).toBe(25);
  });
});
