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

/** A canvas of one shade, drawn on and read back. */
function drawn(
  width: number,
  height: number,
  shade: string,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
): RgbaImage {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No canvas');
  context.fillStyle = shade;
  context.fillRect(0, 0, width, height);
  draw(context);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

describe("Gemini's star", () => {
  /** Four hollow sides as curves between the points, and not the outline that the layer compares with. */
  function withStar(width: number, height: number, wide: number, shade: string, points = 4, space = 7 / 6) {
    return drawn(width, height, shade, (context) => {
      context.translate(width - space * wide, height - space * wide);
      context.fillStyle = 'rgba(255, 255, 255, 0.5)';
      context.beginPath();
      for (let point = 0; point <= points; point++) {
        const angle = (2 * Math.PI * point) / points;
        const [x, y] = [(wide / 2) * Math.cos(angle), (wide / 2) * Math.sin(angle)];
        const between = angle - Math.PI / points;
        const near = 0.12 * wide;
        if (point === 0) context.moveTo(x, y);
        else context.quadraticCurveTo(near * Math.cos(between), near * Math.sin(between), x, y);
      }
      context.fill();
    });
  }

  it.each([
    [1024, 1024, 48, '#333'],
    [900, 672, 40, '#855'],
    [1143, 2048, 71, '#29b'],
    [680, 381, 26, '#222'],
    [400, 300, 17, '#000'],
  ])('is a hint in %i x %i px, %i px wide, on %s, compressed as well', async (width, height, wide, shade) => {
    const plain = withStar(width, height, wide, shade);
    for (const picture of [plain, await canvasJpegCodec.roundTrip(plain, 0.75)]) {
      const result = await analyze(picture);
      expect(result).toMatchObject({ status: 'warning', features: { sparkle: 1, bing: 0 } });
      expect(result.claim).toBeUndefined();
      const [region] = result.regions ?? [];
      if (!region) throw new Error('No place');
      expect(Math.abs(region.width - wide)).toBeLessThanOrEqual(Math.max(2, 0.08 * wide));
      const centre = width - (7 / 6) * wide;
      expect(Math.abs(region.x + region.width / 2 - centre)).toBeLessThanOrEqual(0.06 * wide + 1);
      expect(region.x + region.width).toBeLessThanOrEqual(width);
      expect(region.y + region.height).toBeLessThanOrEqual(height);
    }
  });

  it('is not seen with more points, at another place, or as a disc', async () => {
    const disc = drawn(1024, 1024, '#333', (context) => {
      context.fillStyle = '#999';
      context.arc(968, 968, 20, 0, 2 * Math.PI);
      context.fill();
    });
    const seen = await Promise.all(
      [
        withStar(1024, 1024, 48, '#333', 5),
        withStar(1024, 1024, 48, '#333', 8),
        withStar(1024, 1024, 48, '#333', 4, 2.5),
        disc,
      ].map(async (picture) => (await analyze(picture)).features.sparkle),
    );
    expect(seen).toEqual([0, 0, 0, 0]);
  });
});

describe("Bing Image Creator's mark", () => {
  /** Corners across and up, by turns. */
  const LETTER = [17, 41, 24, 36, 24, 16, 31, 21, 26, 31, 36, 27, 39, 22, 36, 16, 25, 10, 20, 12, 17, 15];
  const GREYS = ['#f7f7f7', '#bdbdbd', '#878787', '#6a6a6a', '#292929'];
  /** Strip and letter over a shade, at three quarters, by their places in 1,024ths of the side. */
  function withMark(side: number, shade: string, greys: readonly string[]) {
    return drawn(side, side, shade, (context) => {
      const unit = side / 1024;
      context.globalAlpha = 0.75;
      for (const [at, grey] of greys.entries()) {
        context.fillStyle = grey;
        context.fillRect(0, side - (51 - 10 * at) * unit, 6.7 * unit, (at === 4 ? 11 : 10) * unit);
      }
      context.fillStyle = '#e4e4e4';
      context.fill(
        new Path2D(
          `M ${LETTER.map((value, at) => (at % 2 === 0 ? value * unit : side - value * unit)).join(' ')} Z`,
        ),
      );
    });
  }

  it.each([
    [1024, '#112233'],
    [1024, '#e8dcc0'],
    [768, '#557799'],
    [512, '#302010'],
  ])('is a hint at %i px on %s, compressed as well', async (side, shade) => {
    const plain = withMark(side, shade, GREYS);
    for (const picture of [plain, await canvasJpegCodec.roundTrip(plain, 0.8)]) {
      const result = await analyze(picture);
      expect(result).toMatchObject({ status: 'warning', features: { bing: 1, sparkle: 0 } });
      expect(result.claim).toBeUndefined();
    }
  });

  it('is not, with its greys in another order or without the letter', async () => {
    expect((await analyze(withMark(1024, '#557799', GREYS.toReversed()))).status).toBe('clear');
    const strip = drawn(1024, 1024, '#557799', (context) => {
      context.fillStyle = '#fff';
      context.fillRect(0, 973, 7, 51);
    });
    expect((await analyze(strip)).status).toBe('clear');
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
