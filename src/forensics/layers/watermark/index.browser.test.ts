import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import { canvasJpegCodec } from '../../codec';
import { openImage } from '../../decode';
import { arrayPixelSource } from '../../pixels/array';
import { createForensicImage } from '../../pixels/forensic-image';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { NO_SERVICES } from '../../synthetic.fixture';
import { watermark } from '.';

const never = new AbortController().signal;

/**
 * Pictures of 256 x 256 px whose messages the library itself embedded (invisible-watermark 0.2.0, dwtDct):
 * `other` holds `test`, `plain` nothing.
 */
const fixtures = import.meta.glob<string>('./fixtures/*.png', {
  query: '?url',
  import: 'default',
  eager: true,
});

async function pixelsOf(name: string): Promise<RgbaImage> {
  const bytes = await (await fetch(fixtures[`./fixtures/${name}.png`] ?? '')).arrayBuffer();
  const image = await openImage(new Uint8Array(bytes), 'file', never);
  const { width, height } = image;
  const picture = image.pixels.region({ x: 0, y: 0, width, height });
  image.close();
  return picture;
}

function analyze(picture: RgbaImage): Promise<LayerResult> {
  const image = createForensicImage({
    how: 'tab-crop',
    format: 'png',
    bytes: new Uint8Array(),
    pixels: arrayPixelSource(picture),
  });
  return watermark.analyze(image, NO_SERVICES, never);
}

describe('messages that the library embedded', () => {
  it.each([
    ['sd1', 'Stable Diffusion 1'],
    ['sd2', 'Stable Diffusion 2'],
    ['sdxl', 'Stable Diffusion XL'],
    ['flux', 'FLUX'],
  ])('%s is read as %s', async (name, generator) => {
    const result = await analyze(await pixelsOf(name));
    expect(result).toMatchObject({
      status: 'flagged',
      label: { key: 'layers.watermark.label.invisible', args: [generator] },
      claim: { kind: 'generated', name: generator },
    });
    expect(result.claim?.proof).toBeUndefined();
  });

  it.each(['other', 'plain'])('%s is not', async (name) => {
    const result = await analyze(await pixelsOf(name));
    expect(result.status).toBe('clear');
    expect(result.claim).toBeUndefined();
  });

  it('are read in a large picture of which only a part is looked at', async () => {
    // Four copies side by side shift the count, so the library's own is embedded over a repeated picture:
    // 256 px are 32 blocks a row, and 32 and 128 leave the same place in a message of 32 bits.
    const tile = await pixelsOf('sd2');
    const side = 2048;
    const data = new Uint8ClampedArray(side * side * 4);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x += 256) {
        const from = (y % 256) * 256 * 4;
        data.set(tile.data.subarray(from, from + 256 * 4), (y * side + x) * 4);
      }
    }
    expect((await analyze({ width: side, height: side, data })).status).toBe('flagged');
  });

  it('are gone after scaling, and nothing is claimed', async () => {
    const canvas = new OffscreenCanvas(300, 300);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const { width, height, data } = await pixelsOf('sdxl');
    const pixels = new ImageData(width, height);
    pixels.data.set(data);
    context?.drawImage(await createImageBitmap(pixels), 0, 0, 300, 300);
    const scaled = context?.getImageData(0, 0, 300, 300);
    expect(scaled && (await analyze({ width: 300, height: 300, data: scaled.data })).status).toBe('clear');
  });

  it('what compression leaves of them is claimed or not, but never another', async () => {
    for (const name of ['sd1', 'sd2', 'sdxl', 'flux']) {
      const own = (await analyze(await pixelsOf(name))).claim?.name;
      for (const quality of [0.95, 0.8, 0.6]) {
        const { claim } = await analyze(await canvasJpegCodec.roundTrip(await pixelsOf(name), quality));
        expect([undefined, own]).toContain(claim?.name);
      }
    }
  });
});

describe("DALL-E 2's colour bar", () => {
  const COLOURS = ['#ffff66', '#42ffff', '#51da4c', '#ff6e3c', '#3c46ff'];
  function withBar(side: number, colours = COLOURS): RgbaImage {
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('No canvas');
    context.fillStyle = '#888';
    context.fillRect(0, 0, side, side);
    const unit = side / 64;
    for (const [at, colour] of colours.entries()) {
      context.fillStyle = colour;
      context.fillRect(side - (5 - at) * unit, side - unit, unit, unit);
    }
    return { width: side, height: side, data: context.getImageData(0, 0, side, side).data };
  }

  it.each([256, 512, 1024])('is a hint at %i px, compressed as well, and claims nothing', async (side) => {
    for (const picture of [withBar(side), await canvasJpegCodec.roundTrip(withBar(side), 0.9)]) {
      const result = await analyze(picture);
      expect(result).toMatchObject({ status: 'warning', features: { colourBar: 1 } });
      expect(result.claim).toBeUndefined();
    }
  });

  it('is not, in another order or without a square', async () => {
    expect((await analyze(withBar(512, COLOURS.toReversed()))).status).toBe('clear');
    expect((await analyze(withBar(512, ['#888', ...COLOURS.slice(1)]))).status).toBe('clear');
  });
});

it('does not run on a picture that the library would refuse', async () => {
  const data = new Uint8ClampedArray(255 * 255 * 4).fill(255);
  expect((await analyze({ width: 255, height: 255, data })).unavailable).toEqual({
    key: 'layers.watermark.unavailable.small',
  });
});

it('answers finite figures for any flat, striped or noisy picture, and finds nothing in it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 400 }),
      fc.nat(255),
      fc.nat(2 ** 31),
      async (period, level, seed) => {
        let state = seed;
        const data = new Uint8ClampedArray(320 * 272 * 4);
        for (let at = 0; at < data.length; at++) {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          data[at] = at % 4 === 3 ? 255 : ((at >> 2) % period < period / 2 ? level : 0) + (state >>> 28);
        }
        const result = await analyze({ width: 320, height: 272, data });
        expect(result.status).toBe('clear');
        for (const value of Object.values(result.features)) expect(Number.isFinite(value)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

/** Real pictures, beside the checkout; absent on most machines. */
const real = Object.keys(
  import.meta.glob('../../../../../shared/corpus/real/*', { query: '?url', import: 'default' }),
);

describe.skipIf(real.length === 0)('real pictures (../shared/corpus, where present)', () => {
  it('carry none', { timeout: 600_000 }, async () => {
    const found: string[] = [];
    for (const file of real) {
      // The command's paths start at the checkout, the glob's at this file.
      const text = await commands.readFile(file.replace('../../../../', ''), 'base64');
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const image = await openImage(bytes, 'file', never).catch(() => null);
      if (!image) continue;
      const { status } = await watermark.analyze(image, NO_SERVICES, never);
      image.close();
      if (status !== 'clear' && status !== 'unavailable') found.push(file);
    }
    expect(found).toEqual([]);
  });
});
