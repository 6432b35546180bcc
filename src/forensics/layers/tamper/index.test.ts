import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greyImage, seeded } from '../../../../tests/fixtures/noise';
import { compressed, imageOf, jpegHeaders, photo, spliced } from '../../jpeg/compressed.fixture';
import { ijgTable } from '../../jpeg/tables';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { NO_SERVICES } from '../../synthetic.fixture';
import { tamper } from '.';

const { signal } = new AbortController();

function analyze(picture: RgbaImage, quality: number): Promise<LayerResult> {
  return tamper.analyze(imageOf(picture, jpegHeaders(ijgTable(quality), picture)), NO_SERVICES, signal);
}

/** Area under the ROC curve of the map's cells for lying wholly inside a square against wholly outside. */
function mapAuc(result: LayerResult, x: number, y: number, side: number): number {
  if (!result.map) throw new Error('No map');
  const { width, data, cell } = result.map;
  const inside: number[] = [];
  const outside: number[] = [];
  for (const [at, value] of data.entries()) {
    const left = (at % width) * cell;
    const top = Math.floor(at / width) * cell;
    if (left >= x && left + cell <= x + side && top >= y && top + cell <= y + side) inside.push(value);
    else if (left + cell <= x || left >= x + side || top + cell <= y || top >= y + side) outside.push(value);
  }
  let wins = 0;
  for (const a of inside) for (const b of outside) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (inside.length * outside.length);
}

describe('the tamper layer', () => {
  const host = compressed(photo(384, 1), ijgTable(70));
  const guest = compressed(photo(384, 2), ijgTable(70));

  it('lights a part whose grid was moved, in a picture compressed twice', async () => {
    const result = await analyze(compressed(spliced(host, guest, 144, 96, 128), ijgTable(90)), 90);
    expect(result.features.hasHistory).toBe(1);
    expect(mapAuc(result, 144, 96, 128)).toBeGreaterThan(0.97);
    const [region] = result.regions ?? [];
    // Smoothing reaches some cells beyond the part.
    expect(Math.abs((region?.x ?? 0) - 144)).toBeLessThanOrEqual(32);
    expect(Math.abs((region?.y ?? 0) - 96)).toBeLessThanOrEqual(32);
    expect(result.features.againstTop).toBeGreaterThan(0.5);
  });

  it('has no evidence against a shared history in an untouched picture compressed twice', async () => {
    const result = await analyze(compressed(host, ijgTable(90)), 90);
    expect(result.features.hasHistory).toBe(1);
    expect(result.features.againstTop).toBeLessThan(0);
    expect(result.status).toBe('clear');
  });

  it('lights a part of rougher noise where there is no history', async () => {
    const plain = photo(384, 3);
    const uniform = seeded(5);
    const rough = greyImage(384, 384, (x, y) => {
      const inside = x >= 144 && x < 272 && y >= 96 && y < 224;
      return (plain.data[4 * (y * 384 + x)] ?? 0) + (inside ? 24 * (uniform() - 0.5) : 0);
    });
    const result = await tamper.analyze(imageOf(rough, undefined, 'png'), NO_SERVICES, signal);
    expect(result.features.hasHistory).toBe(0);
    expect(mapAuc(result, 144, 96, 128)).toBeGreaterThan(0.8);
  });

  it('does not run on small or flat pictures', async () => {
    const flat = greyImage(256, 256, () => 128);
    for (const picture of [photo(96, 1), flat]) {
      const result = await tamper.analyze(imageOf(picture, undefined, 'png'), NO_SERVICES, signal);
      expect(result.unavailable).toEqual({ key: 'layers.tamper.unavailable.small' });
    }
  });

  it('answers finite features and a map of the whole picture, whatever the pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(128, 133, 200),
        fc.constantFrom(128, 250),
        fc.integer(),
        fc.constantFrom(2, 37, 256),
        fc.constantFrom(1, 3, 8),
        async (width, height, seed, levels, block) => {
          const uniform = seeded(seed);
          const values = Array.from({ length: 4096 }, () => Math.floor(uniform() * levels));
          const picture = greyImage(
            width,
            height,
            (x, y) => values[(Math.floor(x / block) * 67 + Math.floor(y / block)) % 4096] ?? 0,
          );
          const result = await tamper.analyze(imageOf(picture, undefined, 'png'), NO_SERVICES, signal);
          if (result.status === 'unavailable') return;
          for (const value of Object.values(result.features)) expect(Number.isFinite(value)).toBe(true);
          expect(result.map?.data.length).toBe(Math.ceil(width / 16) * Math.ceil(height / 16));
          for (const value of result.map?.data ?? []) expect(value >= 0 && value <= 1).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });
});
