import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import { crc32 } from './containers/crc32';
import { openImage } from './decode';
import { ForensicError } from './errors';
import { MAX_FILE_BYTES } from './limits';
import { bitmapPixelSource } from './pixels/bitmap';

const { signal } = new AbortController();

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    (await openImage(bytes, 'file', signal)).close();
    return 'opened';
  } catch (error) {
    return error instanceof ForensicError ? error.code : `not typed: ${error}`;
  }
}

async function pixelsOf(bytes: Uint8Array): Promise<{ width: number; height: number; data: number[] }> {
  const image = await openImage(bytes, 'file', signal);
  try {
    const { width, height } = image;
    const { data } = image.pixels.region({ x: 0, y: 0, width, height });
    return { width, height, data: [...data] };
  } finally {
    image.close();
  }
}

function concat(...parts: (Uint8Array | number[] | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : [...part])),
  );
}

function be32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function chunk(type: string, payload: Uint8Array | number[]): Uint8Array {
  const body = concat(type, payload);
  return concat(be32(payload.length), body, be32(crc32(body)));
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** @param colour PNG colour type (2 RGB, 6 RGBA); `raw` holds rows with their filter byte 0. */
function png(
  width: number,
  height: number,
  depth: number,
  colour: number,
  raw: number[],
  extra: Uint8Array[] = [],
): Uint8Array {
  return concat(
    PNG_SIGNATURE,
    chunk('IHDR', [...be32(width), ...be32(height), depth, colour, 0, 0, 0]),
    ...extra,
    chunk('IDAT', zlibSync(Uint8Array.from(raw))),
    chunk('IEND', []),
  );
}

function greens(words: Int32Array): number[] {
  return [...words].map((word) => (word >>> 8) & 255);
}

/** An ICC v2 display profile with the primaries of red and green exchanged and linear tone curves. */
function swappingProfile(): Uint8Array {
  const fixed = (value: number) => be32(Math.round(value * 65_536));
  const xyz = (x: number, y: number, z: number) => concat('XYZ ', be32(0), fixed(x), fixed(y), fixed(z));
  const curve = concat('curv', be32(0), be32(0));
  const white = xyz(0.9642, 1, 0.8249);
  const red = xyz(0.4361, 0.2225, 0.0139);
  const green = xyz(0.3851, 0.7169, 0.0971);
  const blue = xyz(0.1431, 0.0606, 0.7141);
  const tags: [string, Uint8Array][] = [
    ['wtpt', white],
    ['rXYZ', green],
    ['gXYZ', red],
    ['bXYZ', blue],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  let at = 128 + 4 + 12 * tags.length;
  const table = concat(
    be32(tags.length),
    ...tags.map(([name, data]) => {
      const entry = concat(name, be32(at), be32(data.length));
      at += data.length;
      return entry;
    }),
  );
  const header = new Uint8Array(128);
  header.set(be32(at), 0);
  header.set(concat([2, 0x10, 0, 0], 'mntrRGB XYZ '), 8);
  header.set(concat('acsp'), 36);
  header.set(concat(fixed(0.9642), fixed(1), fixed(0.8249)), 68);
  return concat(header, table, ...tags.map(([, data]) => data));
}

async function encode(
  type: string,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
  w = 64,
  h = 48,
) {
  const canvas = new OffscreenCanvas(w, h);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('No canvas');
  draw(context);
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.9 })).arrayBuffer());
}

/** Two frames of 2 x 1: the first red, the second blue. Written by hand after the GIF89a specification. */
const ANIMATED_GIF = concat(
  'GIF89a',
  [2, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255],
  [0x21, 0xff, 11],
  'NETSCAPE2.0',
  [3, 1, 0, 0, 0],
  // LZW with 2-bit codes: clear (4), index, index, end (5) in 3 bits each.
  [0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x04, 0x0a, 0],
  [0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x4c, 0x0a, 0],
  [0x3b],
);

describe('openImage refuses before decoding', () => {
  it.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(), 'empty-file'],
    ['a web page', concat('<!doctype html><html><body>Not found</body></html>'), 'not-an-image'],
    ['noise', Uint8Array.from({ length: 999 }, (_, at) => (at * 73 + 5) % 251), 'not-an-image'],
    [
      'SVG',
      concat('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'),
      'unsupported-format',
    ],
    ['TIFF', concat('II*\0', [8, 0, 0, 0], new Uint8Array(64)), 'unsupported-format'],
    [
      'HEIC',
      concat([0, 0, 0, 24], 'ftypheic', [0, 0, 0, 0], 'mif1heic', new Uint8Array(64)),
      'unsupported-format',
    ],
    ['too many bytes', concat([0xff, 0xd8, 0xff]).slice(), 'undecodable'],
    ['a PNG of 20,000 x 20,000', png(20_000, 20_000, 8, 2, [0]), 'too-many-pixels'],
    ['a PNG cut after its header', png(64, 64, 8, 2, [0]).slice(0, 40), 'undecodable'],
  ])('%s', async (_, bytes, expected) => {
    expect(await refusal(bytes)).toBe(expected);
  });

  it('a file over the cap, with both sizes for the sentence', async () => {
    const bytes = new Uint8Array(MAX_FILE_BYTES + 1);
    bytes.set([0xff, 0xd8, 0xff]);
    await expect(openImage(bytes, 'file', signal)).rejects.toMatchObject({
      code: 'file-too-large',
      args: [26, 25],
    });
  });

  it('everything once aborted', async () => {
    const controller = new AbortController();
    controller.abort(new ForensicError('cancelled', 'by the test'));
    await expect(openImage(ANIMATED_GIF, 'file', controller.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('openImage answers stored pixels', () => {
  it('of a PNG, exactly', async () => {
    const opened = await pixelsOf(png(2, 2, 8, 2, [0, 1, 2, 3, 250, 251, 252, 0, 9, 90, 200, 77, 66, 55]));
    expect(opened).toEqual({
      width: 2,
      height: 2,
      data: [1, 2, 3, 255, 250, 251, 252, 255, 9, 90, 200, 255, 77, 66, 55, 255],
    });
  });

  it('with alpha flattened over white', async () => {
    const { data } = await pixelsOf(png(3, 1, 8, 6, [0, 0, 100, 200, 0, 0, 100, 200, 128, 7, 8, 9, 255]));
    expect(data.slice(0, 4)).toEqual([255, 255, 255, 255]);
    // 255 - (255 - c) * 128 / 255, give or take the canvas' rounding
    for (const [at, expected] of [127, 177, 227, 255].entries()) {
      expect(Math.abs((data[4 + at] ?? 0) - expected)).toBeLessThanOrEqual(1);
    }
    expect(data.slice(8)).toEqual([7, 8, 9, 255]);
  });

  it('of 16 bits a channel by their upper 8', async () => {
    const { data } = await pixelsOf(png(1, 1, 16, 2, [0, 0x12, 0x12, 0x80, 0x80, 0xfe, 0xfe]));
    expect(data).toEqual([0x12, 0x80, 0xfe, 255]);
  });

  it('and not those that a gamma chunk would make of them', async () => {
    const gamma = chunk('gAMA', be32(100_000));
    const { data } = await pixelsOf(png(1, 1, 8, 2, [0, 50, 100, 200], [gamma]));
    expect(data).toEqual([50, 100, 200, 255]);
  });

  it('of the first frame of an animation', async () => {
    expect(await pixelsOf(ANIMATED_GIF)).toEqual({
      width: 2,
      height: 1,
      data: [255, 0, 0, 255, 255, 0, 0, 255],
    });
  });

  it('of a single pixel', async () => {
    expect(await pixelsOf(png(1, 1, 8, 2, [0, 5, 6, 7]))).toEqual({
      width: 1,
      height: 1,
      data: [5, 6, 7, 255],
    });
  });

  it.each(['image/jpeg', 'image/png'])('of a %s, the same past the canvas as through it', async (type) => {
    const bytes = await encode(type, (context) => {
      for (let at = 0; at < 48; at++) {
        // Alpha only where the format has it; the canvas flattens it, and so must the other way.
        context.fillStyle = `rgb(${5 * at} ${255 - 3 * at} ${(37 * at) % 256} / ${type === 'image/png' ? 0.5 : 1})`;
        context.fillRect(0, at, 64 - at, 1);
      }
    });
    const image = await openImage(bytes, 'file', signal);
    const rect = { x: 3, y: 5, width: 50, height: 40 };
    const words = new Int32Array(50 * 40);
    const order = await image.pixels.raw(rect, words);
    const { data } = image.pixels.region(rect);
    const reduced = await image.scaledSoon(20);
    const again = await openImage(bytes, 'file', signal);
    expect(reduced).toEqual(again.scaledToShorterSide(20));
    again.close();
    await expect(image.pixels.raw({ ...rect, x: 30 }, words)).rejects.toThrow(RangeError);
    await expect(image.pixels.raw(rect, new Int32Array(9))).rejects.toThrow(RangeError);
    image.close();
    // A JPEG is opaque: it must take the short way, wherever this test runs.
    if (type === 'image/jpeg') expect(order).toBe('bgr');
    const channels = [...words].map((word) => {
      const [low, green, high] = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255];
      return order === 'rgb' ? [low, green, high] : [high, green, low];
    });
    expect(channels.flat()).toEqual([...data].filter((_, at) => at % 4 !== 3));
  });

  // Square and not: a picture turned by a quarter keeps its size only where it is square.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'turned by EXIF (%i), the same past the canvas as through it',
    async (turn) => {
      for (const [w, h] of [
        [64, 48],
        [48, 48],
      ] as const) {
        const plain = await encode(
          'image/jpeg',
          (context) => {
            context.fillStyle = '#fff';
            context.fillRect(0, 0, w, h);
            context.fillStyle = '#a31';
            context.fillRect(3, 2, 17, 9);
          },
          w,
          h,
        );
        // APP1 with a big-endian TIFF header and one tag: orientation (0x0112), a short.
        const tiff = [
          0x4d,
          0x4d,
          0,
          42,
          0,
          0,
          0,
          8,
          0,
          1,
          1,
          0x12,
          0,
          3,
          0,
          0,
          0,
          1,
          0,
          turn,
          0,
          0,
          0,
          0,
          0,
          0,
        ];
        const app1 = concat([0xff, 0xe1, 0, 2 + 6 + tiff.length], 'Exif\0\0', tiff);
        const image = await openImage(concat(plain.slice(0, 2), app1, plain.slice(2)), 'file', signal);
        const { width, height } = image;
        expect([width, height]).toEqual(turn < 5 ? [w, h] : [h, w]);
        const words = new Int32Array(width * height);
        const order = await image.pixels.raw({ x: 0, y: 0, width, height }, words);
        const { data } = image.pixels.region({ x: 0, y: 0, width, height });
        image.close();
        expect(greens(words)).toEqual([...data].filter((_, at) => at % 4 === 1));
        if (turn === 1) expect(order).toBe('bgr');
      }
    },
  );

  it('of a JPEG with a colour profile, as stored', async () => {
    const plain = await encode('image/jpeg', (context) => {
      context.fillStyle = '#4a8';
      context.fillRect(0, 0, 64, 48);
    });
    const stored = await pixelsOf(plain);
    // A profile that swaps red and green (matrix columns), linear: honoured, it would show at once.
    const profile = swappingProfile();
    const app2 = concat(
      [0xff, 0xe2, ...be32(2 + 14 + profile.length).slice(2)],
      'ICC_PROFILE\0',
      [1, 1],
      profile,
    );
    const tagged = concat(plain.slice(0, 2), app2, plain.slice(2));
    const honoured = await createImageBitmap(new Blob([tagged.slice()]));
    const source = bitmapPixelSource(honoured);
    const converted = source.region({ x: 0, y: 0, width: 64, height: 48 });
    source.close();
    expect([...converted.data]).not.toEqual(stored.data);
    expect(await pixelsOf(tagged)).toEqual(stored);
    // Where the segments cannot be walked (a stray byte before the scan), the values are the stored ones, too.
    const scan = tagged.findIndex((byte, at) => byte === 0xff && tagged[at + 1] === 0xda);
    expect(await pixelsOf(concat(tagged.slice(0, scan), [0], tagged.slice(scan)))).toEqual(stored);
  });

  it('of a strip of 64 x 10,000, block by block', async () => {
    const bytes = await encode(
      'image/png',
      (context) => {
        for (let y = 0; y < 10_000; y += 100) {
          context.fillStyle = `rgb(${y % 256}, 0, 0)`;
          context.fillRect(0, y, 64, 100);
        }
      },
      64,
      10_000,
    );
    const { data } = await pixelsOf(bytes);
    for (let y = 0; y < 10_000; y += 777) expect(data[y * 64 * 4]).toBe((y - (y % 100)) % 256);
  });

  it.each(['image/jpeg', 'image/webp', 'image/png'])('of %s, by the size it has', async (type) => {
    const bytes = await encode(type, (context) => context.fillRect(8, 8, 30, 30));
    const image = await openImage(bytes, 'original', signal);
    expect([image.width, image.height, `image/${image.format}`]).toEqual([64, 48, type]);
    expect(image.bytes).toBe(bytes);
    image.close();
  });

  it('turned as EXIF says', async () => {
    const plain = await encode('image/jpeg', (context) => context.fillRect(0, 0, 64, 24));
    // TIFF, one entry: orientation (0x0112) = 6, to be turned by 90 degrees.
    const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
    const app1 = concat([0xff, 0xe1, 0, 8 + tiff.length], 'Exif\0\0', tiff);
    const { width, height } = await pixelsOf(concat(plain.slice(0, 2), app1, plain.slice(2)));
    expect([width, height]).toEqual([48, 64]);
  });

  it('without the file, where only pixels were had', async () => {
    const image = await openImage(png(1, 1, 8, 2, [0, 5, 6, 7]), 'tab-crop', signal);
    expect(image.bytes).toBeNull();
    expect(image.container()).toBeNull();
    image.close();
  });
});

/** Hostile files from image libraries' own suites, beside the checkout; absent on most machines. */
const hostile = Object.keys(
  import.meta.glob('../../../shared/corpus/badinput/*', { query: '?url', import: 'default' }),
);

describe.skipIf(hostile.length === 0)('openImage and hostile files (../shared/corpus, where present)', () => {
  it('answers an image within the caps or a typed error, and nothing else', {
    timeout: 300_000,
  }, async () => {
    const untyped: string[] = [];
    for (const file of hostile) {
      // The command's paths start at the checkout, the glob's at this file.
      const text = await commands.readFile(file.replace('../../', ''), 'base64');
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const answer = await refusal(bytes);
      if (answer.startsWith('not typed')) untyped.push(`${file}: ${answer}`);
    }
    expect(untyped).toEqual([]);
  });
});
