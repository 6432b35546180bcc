import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resize } from '../../dsp/resample';
import { samplePatches } from '../../pixels/patches';
import { colours, gaussian, grey, imageOf, NO_SERVICES, seeded, waves } from '../../synthetic.fixture';
import { pixel } from '.';
import { bitPlaneEntropy } from './bitplanes';
import { judgeHistogram, measureTones } from './histogram';
import { findResampling } from './resampling';

const quiet = new AbortController().signal;
const run = (width: number, height: number, data: Uint8ClampedArray) =>
  pixel.analyze(imageOf(width, height, data), NO_SERVICES, quiet);

/** A textured picture with grain: no part of it appears twice. */
function textured(width: number, height: number, seed: number): Uint8ClampedArray {
  const scene = waves(seed, 5);
  const grain = gaussian(seed + 1);
  return grey(width, height, (x, y) => scene(x, y) + 3 * grain());
}

function paste(data: Uint8ClampedArray, stride: number, from: Place, to: Place, side: number): void {
  for (let row = 0; row < side; row++) {
    const source = ((from.y + row) * stride + from.x) * 4;
    data.copyWithin(((to.y + row) * stride + to.x) * 4, source, source + side * 4);
  }
}
interface Place {
  readonly x: number;
  readonly y: number;
}

describe('copied parts', () => {
  const from = { x: 40, y: 60 };
  const to = { x: 230, y: 180 };

  it('are found where they were taken from and where they were put', async () => {
    const data = textured(400, 320, 7);
    paste(data, 400, from, to, 96);
    const result = await run(400, 320, data);
    expect(result.status).toBe('flagged');
    const [part, twin] = result.regions ?? [];
    for (const [region, place] of [
      [part, from],
      [twin, to],
    ] as const) {
      if (!region) throw new Error('no region');
      // Cells of 8 px, judged by 16 px around: an edge may be off by one cell and a half.
      expect(Math.abs(region.x - place.x)).toBeLessThanOrEqual(12);
      expect(Math.abs(region.y - place.y)).toBeLessThanOrEqual(12);
      expect(Math.abs(region.width - 96)).toBeLessThanOrEqual(24);
      expect(Math.abs(region.height - 96)).toBeLessThanOrEqual(24);
    }
    const [mark] = result.marks ?? [];
    if (!mark) throw new Error('no mark');
    expect(mark.to.x - mark.from.x).toBeCloseTo(to.x - from.x, -1);
    expect(mark.to.y - mark.from.y).toBeCloseTo(to.y - from.y, -1);
  });

  it('light the map there and nowhere else', async () => {
    const data = textured(400, 320, 8);
    paste(data, 400, from, to, 96);
    const { map } = await run(400, 320, data);
    if (!map) throw new Error('no map');
    let [inside, outside] = [0, 0];
    for (let row = 0; row < map.height; row++) {
      for (let column = 0; column < map.width; column++) {
        const near = [from, to].some(
          ({ x, y }) =>
            (column + 1) * map.cell > x - 12 &&
            column * map.cell < x + 108 &&
            (row + 1) * map.cell > y - 12 &&
            row * map.cell < y + 108,
        );
        const value = map.data[row * map.width + column] ?? 0;
        if (near) inside += value;
        else outside += value;
      }
    }
    expect(inside).toBeGreaterThan(0);
    expect(outside).toBe(0);
  });

  it('are found in a large picture that is searched at a smaller size', async () => {
    const random = seeded(9);
    const coarse = grey(160, 128, () => 40 + 170 * random());
    const { data } = resize({ width: 160, height: 128, data: coarse }, 1000, 800, 'bicubic');
    paste(data, 1000, { x: 100, y: 130 }, { x: 617, y: 441 }, 250);
    const result = await run(1000, 800, data);
    expect(result.status).not.toBe('clear');
    const [part] = result.regions ?? [];
    expect(part?.x).toBeGreaterThan(70);
    expect(part?.x).toBeLessThan(130);
  });

  it('are not seen where nothing was copied', async () => {
    for (const seed of [11, 12, 13]) {
      const result = await run(400, 320, textured(400, 320, seed));
      expect(result.status).toBe('clear');
      expect(result.features.copies).toBe(0);
      expect(result.map).toBeUndefined();
    }
  });

  it('are not claimed along straight edges and in stripes, which agree with themselves', async () => {
    const grain = gaussian(3);
    const stripes = grey(400, 320, (x, y) => (Math.floor((x + y) / 40) % 2) * 120 + 60 + grain());
    expect((await run(400, 320, stripes)).status).toBe('clear');
  });

  it('are called a repetitive scene when the same tile appears all over', async () => {
    const data = textured(400, 320, 21);
    for (const x of [0, 80, 160, 240, 320]) {
      for (const y of [80, 160, 240]) paste(data, 400, { x: 0, y: 0 }, { x, y }, 80);
    }
    const result = await run(400, 320, data);
    expect(result.status).toBe('clear');
  });
});

describe('the rhythm of enlarging', () => {
  /** Fine noise, enlarged from `side` to 512 by the engine's own bicubic. */
  function enlarged(side: number) {
    const random = seeded(side);
    const data = grey(side, side, () => 60 + 130 * random());
    const big = resize({ width: side, height: side, data }, 512, 512, 'bicubic');
    return findResampling(samplePatches(imageOf(512, 512, big.data)), true);
  }

  it.each([
    [400, 1.28],
    [352, 512 / 352],
    [307, 512 / 307],
    [220, 512 / 220],
    [180, 512 / 180],
  ])('names the factor among its two candidates: %i to 512 px', (side, factor) => {
    const found = enlarged(side);
    if (!found) throw new Error('nothing measured');
    expect(found.significance).toBeGreaterThan(3);
    const nearest = Math.min(...found.factors.map((candidate) => Math.abs(candidate - factor)));
    // One cell of a 256-px spectrum at this factor: factor^2 / 256, at most.
    expect(nearest).toBeLessThanOrEqual((factor * factor) / 256);
  });

  it('is not heard in pictures that were never enlarged', () => {
    for (const seed of [1, 2, 3]) {
      const data = textured(512, 512, seed);
      expect(findResampling(samplePatches(imageOf(512, 512, data)), true)?.significance).toBeLessThan(3);
    }
  });

  it('is not taken from the 8-px blocks of compression', () => {
    const grain = gaussian(5);
    const scene = waves(5, 8);
    // Steps at every block border, as coarse quantisation leaves them.
    const steps = gaussian(6);
    const level = Float64Array.from({ length: 64 * 64 }, () => 12 * steps());
    const data = grey(
      512,
      512,
      (x, y) => scene(x, y) + grain() + (level[Math.floor(y / 8) * 64 + Math.floor(x / 8)] ?? 0),
    );
    const found = findResampling(samplePatches(imageOf(512, 512, data)), true);
    expect(found?.blocks).toBeGreaterThan(6);
    expect(found?.significance).toBeLessThan(3);
  });

  it('needs at least four squares', () => {
    expect(findResampling(samplePatches(imageOf(100, 100, textured(100, 100, 1))), true)).toBeNull();
  });
});

describe('tones', () => {
  it('stretched from 128 to 256 leave every second bin empty', () => {
    const random = seeded(1);
    const data = grey(256, 256, () => 2 * Math.floor(20 + 90 * random()));
    // Tones 40..218, of which the odd ones are gaps: half, and the last bins looked at are no ends.
    expect(measureTones(samplePatches(imageOf(256, 256, data))).gaps).toBeCloseTo(0.5, 1);
  });

  it('squeezed from 256 to 192 leave a spike every third bin', () => {
    const histogram = new Float64Array(256);
    // 4 tones fall on 3: one of each three holds two. A spike is told from above twice its neighbours.
    for (let tone = 0; tone < 256; tone++) {
      const to = Math.floor((tone * 3) / 4) + 20;
      histogram[to] = (histogram[to] ?? 0) + (tone % 4 === 0 ? 1500 : 1000);
    }
    const pixels = histogram.reduce((sum, count) => sum + count, 0);
    expect(judgeHistogram(histogram, pixels).spikes).toBeCloseTo(1 / 3, 1);
  });

  it('untouched are smooth', () => {
    const found = measureTones(samplePatches(imageOf(512, 512, textured(512, 512, 4))));
    expect(found.gaps).toBe(0);
    expect(found.spikes).toBe(0);
    expect(found.comb).toBeLessThan(0.01);
  });

  it('at the ends are counted', () => {
    const data = colours(100, 100, (x) => (x < 10 ? [0, 0, 0] : x < 30 ? [255, 255, 255] : [255, 90, 90]));
    expect(measureTones(samplePatches(imageOf(100, 100, data)))).toMatchObject({
      black: 0.1,
      white: 0.2,
      clipped: 1,
    });
  });
});

describe('finest bits', () => {
  it('of noise are coin tosses: one bit a pixel', () => {
    const random = seeded(2);
    const data = grey(256, 256, () => Math.floor(32 + 128 * random()));
    const entropy = bitPlaneEntropy(samplePatches(imageOf(256, 256, data)));
    // The plug-in estimate is low by (patterns - 1) / (2 n ln 2) bits: 16384 blocks, 0.0007.
    for (const bits of entropy ?? []) expect(bits).toBeGreaterThan(0.998);
  });

  it('of one tone are none, and alternate columns know two patterns', () => {
    const flat = grey(128, 128, () => 100);
    expect(bitPlaneEntropy(samplePatches(imageOf(128, 128, flat)))).toEqual([0, 0, 0]);
    const blocks = grey(128, 128, (x) => 100 + (Math.floor(x / 2) % 2));
    // Blocks all 0 or all 1, half each: one bit for four pixels.
    expect(bitPlaneEntropy(samplePatches(imageOf(128, 128, blocks)))?.[0]).toBeCloseTo(0.25, 12);
  });

  it('of clipped pixels say nothing', () => {
    expect(
      bitPlaneEntropy(
        samplePatches(
          imageOf(
            128,
            128,
            grey(128, 128, () => 255),
          ),
        ),
      ),
    ).toBeNull();
  });
});

describe('the layer', () => {
  it('is unavailable, with a reason, for a tiny and for a blank picture', async () => {
    expect(await run(63, 200, textured(63, 200, 1))).toMatchObject({
      status: 'unavailable',
      unavailable: { key: 'layers.pixel.unavailable.small', args: [64] },
    });
    expect(
      await run(
        200,
        200,
        grey(200, 200, () => 80),
      ),
    ).toMatchObject({
      unavailable: { key: 'layers.pixel.unavailable.blank' },
    });
  });

  it('answers finite figures for whatever pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 160 }),
        fc.integer({ min: 1, max: 160 }),
        fc.constantFrom(1, 2, 7, 60, 256),
        fc.integer(),
        async (width, height, levels, seed) => {
          const random = seeded(seed);
          const level = () => (Math.floor(random() * levels) * 255) / Math.max(1, levels - 1);
          const result = await run(
            width,
            height,
            colours(width, height, () => [level(), level(), level()]),
          );
          for (const value of Object.values(result.features)) expect(Number.isFinite(value)).toBe(true);
          expect(result.unavailable === undefined).toBe(result.status !== 'unavailable');
        },
      ),
      { numRuns: 20 },
    );
  });

  it('stops when it is told to', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    const image = imageOf(100, 100, textured(100, 100, 1));
    await expect(pixel.analyze(image, NO_SERVICES, stop)).rejects.toThrow('enough');
  });
});
