import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContainer } from '../containers';
import { bytes, jpegExif, jpegSegment } from '../containers/hand-made';
import { readBlocks } from './blocks';
import { compressed, exifBlock, imageOf, jpegHeaders, photo } from './compressed.fixture';
import { findDoubleCompression } from './double';
import { recogniseEncoder } from './encoder';
import { readFrame, subsampling } from './frame';
import { measureGrid } from './grid';
import { compressionHistory } from './history';
import { gridOrigin, readOrientation } from './orientation';
import { ijgTable, matchIjg, matchMozjpeg } from './tables';
import { compareThumbnail, findThumbnail, turn } from './thumbnail';
import { transposed } from './zigzag';

const { signal } = new AbortController();
const size = { width: 64, height: 48 };

async function sampled(picture: Parameters<typeof imageOf>[0]) {
  const sample = await readBlocks(imageOf(picture, new Uint8Array(), 'png'), signal);
  if (!sample) throw new Error('No sample');
  return sample;
}

describe('quantisation tables', () => {
  it('are those of libjpeg: annex K at 50, halved at 75, all ones at 100', () => {
    expect([...ijgTable(50)].slice(0, 8)).toEqual([16, 11, 10, 16, 24, 40, 51, 61]);
    expect([...ijgTable(75)].slice(0, 8)).toEqual([8, 6, 5, 8, 12, 20, 26, 31]);
    expect(new Set(ijgTable(100))).toEqual(new Set([1]));
    expect(Math.max(...ijgTable(1))).toBe(255);
  });

  it('are recognised at every quality from 5 up, in both planes', () => {
    for (let quality = 5; quality <= 100; quality++) {
      for (const plane of ['luma', 'chroma'] as const) {
        expect(matchIjg(ijgTable(quality, plane), plane)).toMatchObject({ quality, exact: true });
      }
    }
  });

  it('of no scale get the nearest quality and are not called exact', () => {
    const odd = ijgTable(80).map((step, at) => (at === 5 ? step + 1 : step));
    expect(matchIjg(odd)).toMatchObject({ quality: 80, exact: false });
    expect(matchMozjpeg(odd)).toBeNull();
  });
});

describe('the frame header', () => {
  it.each([
    [0x11, '4:4:4'],
    [0x21, '4:2:2'],
    [0x22, '4:2:0'],
    [0x12, '4:4:0'],
    [0x41, '4:1:1'],
  ])('with luma sampling %i says %s', (sampling, name) => {
    const frame = readFrame(readContainer(jpegHeaders(ijgTable(90), size, { sampling })));
    expect(frame).toMatchObject({ width: 64, height: 48, process: 0, colour: 'ycc' });
    expect(frame && subsampling(frame)).toBe(name);
  });

  it('of a progressive file says so', () => {
    const frame = readFrame(readContainer(jpegHeaders(ijgTable(90), size, { marker: 0xc2 })));
    expect(frame?.process).toBe(2);
  });

  it("believes Adobe's segment that there is no colour transform", () => {
    const adobe = jpegSegment(0xee, bytes('Adobe', [0, 100, 0, 0, 0, 0, 0]));
    expect(readFrame(readContainer(jpegHeaders(ijgTable(90), size, { before: [adobe] })))?.colour).toBe(
      'rgb',
    );
  });
});

describe('the encoder', () => {
  const encoderOf = (file: Uint8Array) => {
    const container = readContainer(file);
    const frame = readFrame(container);
    return frame && recogniseEncoder(container, frame);
  };
  const odd = ijgTable(80).map((step) => step + (step % 3));

  it('is told by its tables and its own segments', () => {
    const common = encoderOf(jpegHeaders(ijgTable(83), size, { chroma: ijgTable(83, 'chroma') }));
    expect(common).toMatchObject({ family: 'ijg', luma: { quality: 83 }, chroma: { quality: 83 } });
    expect(encoderOf(jpegHeaders(odd, size))?.family).toBe('own');
    const adobe = jpegSegment(0xee, bytes('Adobe', [0, 100, 0, 0, 0, 0, 1]));
    const resource = bytes('8BIM', [0x04, 0x06, 0, 0, 0, 0, 0, 7, 0, 6, 0, 0, 0, 3, 1], [0]);
    const photoshop = jpegSegment(0xed, bytes('Photoshop 3.0\0', resource));
    expect(encoderOf(jpegHeaders(odd, size, { before: [photoshop, adobe] }))).toMatchObject({
      family: 'adobe',
      ownQuality: 10, // stored as 6, and the slider begins at -4
      ownMost: 12,
    });
    const ducky = jpegSegment(0xec, bytes('Ducky', [0, 1, 0, 4, 0, 0, 0, 60, 0, 0]));
    expect(encoderOf(jpegHeaders(odd, size, { before: [ducky, adobe] }))).toMatchObject({
      ownQuality: 60,
      ownMost: 100,
    });
  });

  it('with the table of mozjpeg at quality 75 is mozjpeg', () => {
    // 16, 16, 16, 18, 25, 37, 56, 85 halved and rounded, and so on (N. Robidoux's table).
    const base = [
      [16, 16, 16, 18, 25, 37, 56, 85],
      [16, 17, 20, 27, 34, 40, 53, 75],
      [16, 20, 24, 31, 43, 62, 91, 135],
      [18, 27, 31, 40, 53, 74, 106, 156],
      [25, 34, 43, 53, 69, 94, 131, 189],
      [37, 40, 62, 74, 94, 124, 169, 238],
      [56, 53, 91, 106, 131, 169, 226, 311],
      [85, 75, 135, 156, 189, 238, 311, 418],
    ].flat();
    const table = base.map((value) => Math.floor((value * 50 + 50) / 100));
    expect(encoderOf(jpegHeaders(table, size))).toMatchObject({ family: 'mozjpeg', ownQuality: 75 });
  });
});

describe('orientation', () => {
  it.each([
    [1, 0, 0],
    [2, 4, 0],
    [3, 4, 6],
    [4, 0, 6],
    [5, 0, 0],
    [6, 4, 0],
    [7, 4, 6],
    [8, 0, 6],
  ])('%i puts the grid at %i, %i of a picture of 100 x 62', (orientation, x, y) => {
    expect(readOrientation(exifBlock({ 274: orientation }))).toBe(orientation);
    expect(gridOrigin(orientation, 100, 62)).toEqual({ x, y });
  });

  it('that makes no sense is none', () => {
    expect(readOrientation(exifBlock({ 274: 9 }))).toBe(1);
    expect(readOrientation(null)).toBe(1);
  });

  it('turned by a quarter exchanges the axes of a table', () => {
    expect(transposed(ijgTable(50))[1]).toBe(12);
    expect(transposed(transposed(ijgTable(50)))).toEqual(ijgTable(50));
  });

  it('6 shows the left lower corner of the stored picture at the left upper', () => {
    const data = new Uint8ClampedArray(2 * 3 * 4).map((_, at) => Math.floor(at / 4) + 1);
    // Stored 2 x 3: rows 1 2 / 3 4 / 5 6; turned clockwise: 5 3 1 / 6 4 2.
    const turned = turn({ width: 2, height: 3, data }, 6);
    expect([turned.width, turned.height]).toEqual([3, 2]);
    expect([...turned.data].filter((_, at) => at % 4 === 0)).toEqual([5, 3, 1, 6, 4, 2]);
  });
});

describe('double compression', () => {
  const original = photo(384, 1);

  it.each([
    [70, 92],
    [80, 92],
    [90, 97],
    [60, 75],
    [80, 75],
  ])('by quality %i and then %i is seen, and the first one found', async (first, second) => {
    const twice = compressed(compressed(original, ijgTable(first)), ijgTable(second));
    const found = findDoubleCompression(await sampled(twice), ijgTable(second));
    expect(found.gain).toBeGreaterThan(0.0015);
    expect(Math.abs(found.quality - first)).toBeLessThanOrEqual(1);
  });

  it.each([75, 85, 92, 97])('is not seen after one compression at %i', async (quality) => {
    const once = compressed(original, ijgTable(quality));
    expect(findDoubleCompression(await sampled(once), ijgTable(quality)).gain).toBeLessThan(0.0015);
  });

  it('is seen in pixels that were stored without loss after one compression', async () => {
    const was = compressed(original, ijgTable(85));
    const image = imageOf(was, new Uint8Array(), 'png');
    expect(compressionHistory(image, await sampled(was)).double?.quality).toBe(85);
    expect(
      compressionHistory(imageOf(original, new Uint8Array(), 'png'), await sampled(original)).double,
    ).toBeNull();
  });
});

describe('the block grid', () => {
  it('of a cropped and saved picture has a second set of borders where the crop put it', async () => {
    const big = compressed(photo(400, 5), ijgTable(30));
    const cropped = { width: 384, height: 384, data: new Uint8ClampedArray(384 * 384 * 4) };
    for (let y = 0; y < 384; y++) {
      const from = 4 * ((y + 5) * 400 + 4);
      cropped.data.set(big.data.subarray(from, from + 4 * 384), 4 * y * 384);
    }
    const grid = measureGrid(await sampled(compressed(cropped, ijgTable(95))));
    expect([grid.otherX, grid.otherY]).toEqual([4, 3]);
    expect(grid.otherStrength).toBeGreaterThan(1.12);
    const plain = measureGrid(await sampled(compressed(photo(384, 6), ijgTable(60))));
    expect(plain.strength).toBeGreaterThan(1.2);
    expect(plain.otherStrength).toBeLessThan(1.12);
  });
});

describe('the thumbnail', () => {
  it('is found in the second directory, and only there', () => {
    const jpeg = Uint8Array.from([0xff, 0xd8, 1, 2, 3]);
    expect(findThumbnail(exifBlock({ 274: 1 }, jpeg))).toEqual(jpeg);
    expect(findThumbnail(exifBlock({ 274: 1 }))).toBeNull();
    expect(findThumbnail(exifBlock({}, Uint8Array.from([1, 2, 3, 4])))).toBeNull();
  });

  it('of the same picture fits, whichever way it is turned, and of another does not', () => {
    const picture = photo(256, 7);
    const image = imageOf(picture);
    const thumbnail = image.scaledToShorterSide(96);
    expect(compareThumbnail(image, thumbnail, 1)?.correlation).toBeGreaterThan(0.98);
    expect(compareThumbnail(image, turn(thumbnail, 8), 6)?.correlation).toBeGreaterThan(0.98);
    expect(compareThumbnail(imageOf(photo(256, 8)), thumbnail, 1)?.correlation).toBeLessThan(0.6);
  });
});

describe('a picture that is black at its edges', () => {
  it('fits its thumbnail: its edges are not bars', () => {
    const bright = photo(256, 11);
    const data = bright.data.map((value, at) => {
      const x = (at >> 2) % 256;
      return at % 4 === 3 ? 255 : x < 60 || x > 200 ? Math.min(value, 9) : value;
    });
    const image = imageOf({ ...bright, data });
    expect(compareThumbnail(image, image.scaledToShorterSide(96), 1)?.correlation).toBeGreaterThan(0.98);
  });
});

describe('hostile bytes', () => {
  it('never make a reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 60 }), (exif, segment) => {
        readOrientation(exif);
        findThumbnail(exif);
        findThumbnail(bytes('II*\0', [8, 0, 0, 0], exif));
        const before = [
          jpegExif(bytes('MM\0*', [0, 0, 0, 8], exif)),
          jpegSegment(0xed, bytes('Photoshop 3.0\0', segment)),
          jpegSegment(0xec, bytes('Ducky', segment)),
          jpegSegment(0xee, bytes('Adobe', segment)),
          jpegSegment(0xc0, segment),
        ];
        const container = readContainer(jpegHeaders(ijgTable(50), size, { before }));
        const frame = readFrame(container);
        if (frame) {
          subsampling(frame);
          recogniseEncoder(container, frame);
        }
      }),
      { numRuns: 300 },
    );
  });
});
