import { describe, expect, it } from 'vitest';
import { fractalField, gaussian, greyImage, seeded } from '../../../../tests/fixtures/noise';
import { canvasJpegCodec } from '../../codec';
import type { EngineServices } from '../../layer';
import { arrayPixelSource } from '../../pixels/array';
import { createForensicImage } from '../../pixels/forensic-image';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { CELL } from './cell-errors';
import { measureErrors, TRIAL_QUALITY } from './errors';
import { ela } from './index';

const services: EngineServices = {
  jpeg: canvasJpegCodec,
  exif: {
    decode: async () => {
      throw new Error('ELA asks for no EXIF');
    },
  },
  detector: {
    detect: async () => {
      throw new Error('ELA asks for no network');
    },
  },
  credentials: {
    read: async () => {
      throw new Error('ELA asks for no credentials');
    },
  },
};

async function analyze(picture: RgbaImage): Promise<LayerResult> {
  const image = createForensicImage({
    how: 'file',
    format: 'jpeg',
    bytes: new Uint8Array(),
    pixels: arrayPixelSource(picture),
  });
  return ela.analyze(image, services, new AbortController().signal);
}

/** Photo-like: 1 / f^2 shading with sensor noise. */
function photo(size: number, seed: number): RgbaImage {
  const shading = fractalField(size, 2, seed);
  const normal = gaussian(seed + 1000);
  return greyImage(size, size, (x, y) => 128 + 30 * (shading[y * size + x] ?? 0) + 4 * normal());
}

/** Four times the area of the largest picture that is examined whole: 2048 px a side, of periodic tiles. */
function largePhoto(seed: number): RgbaImage {
  const tile = photo(1024, seed).data;
  return greyImage(2048, 2048, (x, y) => tile[((y % 1024) * 1024 + (x % 1024)) * 4] ?? 0);
}

/** `guest` laid over `host`, in both at the same place. */
function paste(host: RgbaImage, guest: RgbaImage, left: number, top: number, side: number): RgbaImage {
  const data = host.data.slice();
  for (let y = top; y < top + side; y++) {
    const from = (y * host.width + left) * 4;
    data.set(guest.data.subarray(from, from + side * 4), from);
  }
  return { ...host, data };
}

/** Share of the map's light (squared) inside a rectangle of pixels, a cell's width around it included. */
function lightInside(result: LayerResult, left: number, top: number, side: number): number {
  if (!result.map) throw new Error('No map');
  const { width, data, cell } = result.map;
  let inside = 0;
  let all = 0;
  for (const [at, value] of data.entries()) {
    const x = (at % width) * cell;
    const y = Math.floor(at / width) * cell;
    all += value ** 2;
    const margin = 2 * cell;
    if (x >= left - margin && x < left + side + margin && y >= top - margin && y < top + side + margin) {
      inside += value ** 2;
    }
  }
  return inside / all;
}

describe('ela layer, with the real codec', () => {
  it('lights a pasted uncompressed block and not the rest', async () => {
    const host = await canvasJpegCodec.roundTrip(photo(512, 1), 0.75);
    const result = await analyze(paste(host, photo(512, 2), 192, 128, 128));
    expect(result.status).not.toBe('clear');
    expect(result.features.regionContrast).toBeGreaterThan(6);
    // The map averages over two cells to each side, so a region may reach that far beyond the block.
    const [region] = result.regions ?? [];
    expect(region?.x).toBeGreaterThanOrEqual(192 - 32);
    expect(region?.y).toBeGreaterThanOrEqual(128 - 32);
    expect((region?.x ?? 0) + (region?.width ?? 0)).toBeLessThanOrEqual(192 + 128 + 32);
    expect((region?.y ?? 0) + (region?.height ?? 0)).toBeLessThanOrEqual(128 + 128 + 32);
    expect(lightInside(result, 192, 128, 128)).toBeGreaterThan(0.8);
  });

  it('sees a block that lost more than the rest, too, as lower', async () => {
    const host = photo(512, 3);
    const guest = await canvasJpegCodec.roundTrip(photo(512, 4), 0.6);
    const result = await analyze(paste(host, guest, 256, 256, 128));
    expect(result.status).not.toBe('clear');
    expect(result.features.regionContrast).toBeLessThan(-6);
    expect(result.explanation.seen.map((text) => ('key' in text ? text.key : ''))).toContain(
      'layers.ela.seen.lower',
    );
  });

  it('finds pictures of one history even: noise of any roughness, raw or compressed', async () => {
    for (let seed = 10; seed < 18; seed++) {
      const raw = photo(256, seed);
      const picture = seed % 2 === 0 ? raw : await canvasJpegCodec.roundTrip(raw, 0.8);
      const result = await analyze(picture);
      expect(result.status, `seed ${seed}`).toBe('clear');
      expect(result.label).toEqual({ key: 'layers.ela.label.even' });
    }
  });

  it('of a large picture examines an even sample of cells, and still finds a pasted part in its place', async () => {
    const host = await canvasJpegCodec.roundTrip(largePhoto(5), 0.75);
    const result = await analyze(paste(host, largePhoto(6), 640, 320, 512));
    // 4.19 MP: sqrt(4.19 / 0.7) = 2.4, so every third cell in both directions.
    expect(result.map).toMatchObject({ width: 43, height: 43, cell: 48 });
    expect(result.status).not.toBe('clear');
    // The average reaches over two cells to each side, and a box ends where a cell ends.
    const [region] = result.regions ?? [];
    expect(region?.x).toBeGreaterThanOrEqual(640 - 144);
    expect(region?.y).toBeGreaterThanOrEqual(320 - 144);
    expect((region?.x ?? 0) + (region?.width ?? 0)).toBeLessThanOrEqual(640 + 512 + 144);
    expect((region?.y ?? 0) + (region?.height ?? 0)).toBeLessThanOrEqual(320 + 512 + 144);
    expect(lightInside(result, 640, 320, 512)).toBeGreaterThan(0.8);
    expect(result.explanation.seen).toContainEqual({ key: 'layers.ela.seen.sampled', args: [48, 144] });
  });

  it('measures the same in a sample as in the whole: luma of whole cells does not depend on neighbours', async () => {
    const picture = largePhoto(7);
    const pixels = arrayPixelSource(picture);
    const image = createForensicImage({ how: 'file', format: 'jpeg', bytes: new Uint8Array(), pixels });
    const sample = await measureErrors(image, canvasJpegCodec, new AbortController().signal);
    const again = (await canvasJpegCodec.roundTrip(picture, TRIAL_QUALITY)).data;
    let largest = 0;
    for (let cell = 0; cell < sample.luma.length; cell += 97) {
      const x = ((cell % sample.columns) * 3 + 1) * CELL;
      const y = (Math.floor(cell / sample.columns) * 3 + 1) * CELL;
      let sum = 0;
      for (let row = y; row < y + CELL; row++) {
        for (let at = (row * 2048 + x) * 4; at < (row * 2048 + x + CELL) * 4; at += 4) {
          const change = (channel: number) => (again[at + channel] ?? 0) - (picture.data[at + channel] ?? 0);
          sum += Math.abs(0.299 * change(0) + 0.587 * change(1) + 0.114 * change(2));
        }
      }
      largest = Math.max(largest, Math.abs(sum / CELL ** 2 - (sample.luma[cell] ?? 0)));
    }
    // Grey levels; chroma smoothed across a border can round luma differently at the cell's edge.
    expect(largest).toBeLessThan(0.05);
  });

  it('does not take strong edges for a region', async () => {
    const base = photo(512, 30);
    const data = base.data.slice();
    for (let y = 100; y < 400; y++) {
      for (let x = 100; x < 400; x++) {
        if ((x - 250) ** 2 + (y - 250) ** 2 > 140 ** 2) continue;
        const at = (y * 512 + x) * 4;
        for (let channel = 0; channel < 3; channel++) data[at + channel] = (base.data[at + channel] ?? 0) / 2;
      }
    }
    const result = await analyze(await canvasJpegCodec.roundTrip({ ...base, data }, 0.85));
    expect(result.status).not.toBe('flagged');
  });

  it.each([
    [1, 1],
    [15, 300],
    [63, 63],
  ])('does not run on %i x %i', async (width, height) => {
    const result = await analyze(greyImage(width, height, (x, y) => (x * 31 + y * 17) % 256));
    expect(result.unavailable).toEqual({ key: 'layers.ela.unavailable.small' });
  });

  it('does not run on a flat picture', async () => {
    const result = await analyze(greyImage(300, 300, () => 255));
    expect(result.unavailable).toEqual({ key: 'layers.ela.unavailable.blank' });
  });

  it('maps a strip of 64 x 10,000 whole', async () => {
    const uniform = seeded(2);
    const result = await analyze(greyImage(64, 10_000, () => 90 + 60 * uniform()));
    expect(result.status).not.toBe('unavailable');
    expect(result.map).toMatchObject({ width: 4, height: 625, cell: 16 });
    expect(result.map?.data.length).toBe(2500);
  });

  it('answers finite features and a map of 0..1, whatever the pixels', async () => {
    for (let seed = 0; seed < 24; seed++) {
      const uniform = seeded(seed);
      const levels = [1, 2, 5, 256][seed % 4] ?? 2;
      const cell = [1, 4, 16, 50][Math.floor(seed / 4) % 4] ?? 1;
      const values = Array.from({ length: 4096 }, () => (Math.floor(uniform() * levels) * 255) / levels);
      const result = await analyze(
        greyImage(
          150 + seed,
          140,
          (x, y) => values[(Math.floor(x / cell) * 67 + Math.floor(y / cell)) % 4096] ?? 0,
        ),
      );
      for (const [name, value] of Object.entries(result.features)) {
        expect(Number.isFinite(value), `${name} = ${value}`).toBe(true);
      }
      for (const value of result.map?.data ?? []) expect(value >= 0 && value <= 1).toBe(true);
    }
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const image = createForensicImage({
      how: 'file',
      format: 'jpeg',
      bytes: new Uint8Array(),
      pixels: arrayPixelSource(photo(128, 1)),
    });
    await expect(ela.analyze(image, services, controller.signal)).rejects.toThrow();
  });
});
