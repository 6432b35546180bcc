import { describe, expect, test } from 'vitest';
import { readContainer, readHeader, sniffFormat } from '.';
import {
  avif,
  be16,
  be32,
  box,
  bytes,
  c2paStore,
  gif,
  gifXmp,
  jpeg,
  jpegExif,
  jpegIptc,
  jpegJumbf,
  jpegSegment,
  jpegXmp,
  le32,
  png,
  pngChunk,
  pngCompressedText,
  pngInternationalText,
  pngText,
  riffChunk,
  subBlocks,
  tiff,
  utf8Bytes,
  webp,
} from './hand-made';
import { MAX_INFLATED_BYTES, MAX_PROBLEMS, MAX_TEXTS } from './limits';

const EXIF = tiff({ 272: 'EOS' });
const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>';
const STORE = c2paStore({ claim: { claim_generator: 'test/1' } });

/** An ICC profile is known by `acsp` at byte 36. */
function icc(size: number): Uint8Array {
  const profile = new Uint8Array(size).fill(7);
  profile.set(bytes('acsp'), 36);
  return profile;
}

describe('JPEG', () => {
  test('reads EXIF, XMP, IPTC, comment and quantisation tables', () => {
    const wide = bytes([0x11], ...Array.from({ length: 64 }, (_, i) => be16(256 + i)));
    const tables = jpegSegment(
      0xdb,
      bytes(
        [0x00],
        Array.from({ length: 64 }, (_, i) => i + 1),
        wide,
      ),
    );
    const container = readContainer(
      jpeg([
        jpegExif(EXIF),
        jpegXmp(XMP),
        jpegIptc({ 110: 'Agency' }),
        jpegSegment(0xfe, bytes('hello\0')),
        tables,
      ]),
    );
    expect(container.exif).toEqual(EXIF);
    expect(container.xmp).toBe(XMP);
    expect(container.iptc?.[0]).toBe(0x1c);
    expect(container.texts).toEqual([{ keyword: 'comment', text: 'hello', segment: 'COM' }]);
    expect(container.quantisationTables.get(0)?.[63]).toBe(64);
    expect(container.quantisationTables.get(1)?.[63]).toBe(256 + 63);
    expect(container.problems).toEqual([]);
    expect(container.segments.map((segment) => segment.type)).toEqual([
      'APP1',
      'APP1',
      'APP13',
      'COM',
      'DQT',
      'SOF0',
    ]);
  });

  test('joins an ICC profile from parts in any order, and refuses one with a part missing', () => {
    const profile = icc(300);
    const part = (n: number, from: number, to: number) =>
      jpegSegment(0xe2, bytes('ICC_PROFILE\0', [n, 3], profile.subarray(from, to)));
    const parts = [part(2, 100, 200), part(1, 0, 100), part(3, 200, 300)];
    expect(readContainer(jpeg(parts)).icc).toEqual(profile);
    const missing = readContainer(jpeg(parts.slice(0, 2)));
    expect(missing.icc).toBeNull();
    expect(missing.problems).toEqual(['ICC profile has 2 of 3 parts']);
  });

  test('joins an extended XMP packet that the main packet names', () => {
    const guid = '0123456789ABCDEF0123456789ABCDEF';
    const main = `<x:xmpmeta xmlns:x="adobe:ns:meta/" xmpNote:HasExtendedXMP="${guid}"/>`;
    const extended = (offset: number, text: string) =>
      jpegSegment(0xe1, bytes('http://ns.adobe.com/xmp/extension/\0', guid, be32(6), be32(offset), text));
    const whole = readContainer(jpeg([jpegXmp(main), extended(3, 'def'), extended(0, 'abc')]));
    expect(whole.xmp).toBe(`${main}abcdef`);
    const gap = readContainer(jpeg([jpegXmp(main), extended(4, 'def'), extended(0, 'abc')]));
    expect(gap.xmp).toBe(main);
    expect(gap.problems).toEqual(['extended XMP with a gap']);
    const stranger = readContainer(jpeg([jpegXmp(XMP), extended(0, 'abc')]));
    expect(stranger.xmp).toBe(XMP);
  });

  test('joins a manifest store from APP11 packets; an out-of-order packet breaks it', () => {
    const packets = jpegJumbf(STORE, 50);
    expect(packets.length).toBeGreaterThan(3);
    const container = readContainer(jpeg(packets));
    expect(container.c2pa).toEqual(STORE);
    expect(container.hasC2pa).toBe(true);
    const broken = readContainer(jpeg(packets.toSpliced(1, 1)));
    expect(broken.hasC2pa).toBe(false);
    expect(broken.problems[0]).toBe('JUMBF packet 3 out of order');
  });

  test('JUMBF that is no manifest store is not C2PA', () => {
    const other = box(
      'jumb',
      box('jumd', 'abcd', [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71], [3], 'c2pa\0'),
    );
    expect(readContainer(jpeg(jpegJumbf(other))).hasC2pa).toBe(false);
  });

  test('does not believe what follows the scan or the end of the image', () => {
    const appended = readContainer(bytes(jpeg(), jpegExif(EXIF), jpegXmp(XMP), 'parameters\0x'));
    expect(appended.exif).toBeNull();
    expect(appended.xmp).toBeNull();
    expect(appended.texts).toEqual([]);
  });

  test('names a segment that runs past the end', () => {
    const cut = jpeg([jpegExif(EXIF)]).subarray(0, 24);
    const container = readContainer(cut);
    expect(container.exif).toBeNull();
    expect(container.problems).toEqual(['truncated segment APP1 at 4']);
  });
});

describe('PNG', () => {
  test('reads the three kinds of text, EXIF, ICC and C2PA', () => {
    const container = readContainer(
      png([
        pngText('parameters', 'Größe'),
        pngCompressedText('Comment', utf8Bytes('packed')),
        pngInternationalText('Title', '日本', true),
        pngInternationalText('XML:com.adobe.xmp', XMP),
        pngChunk('eXIf', EXIF),
        pngChunk('caBX', STORE),
      ]),
    );
    expect(container.texts).toEqual([
      { keyword: 'parameters', text: 'Größe', segment: 'tEXt' },
      { keyword: 'Comment', text: 'packed', segment: 'zTXt' },
      { keyword: 'Title', text: '日本', segment: 'iTXt' },
    ]);
    expect(container.xmp).toBe(XMP);
    expect(container.exif).toEqual(EXIF);
    expect(container.c2pa).toEqual(STORE);
    expect(container.problems).toEqual([]);
  });

  test('reads Latin-1 where the text is no UTF-8', () => {
    const chunk = pngChunk('tEXt', bytes('Author', [0], 'Andr\xe9'));
    expect(readContainer(png([chunk])).texts[0]?.text).toBe('André');
  });

  test('reads raw profiles kept as hexadecimal text', () => {
    const hex = [...EXIF].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const profile = pngText('Raw profile type exif', `\nexif\n    ${EXIF.length}\n${hex}\n`);
    expect(readContainer(png([profile])).exif).toEqual(EXIF);
  });

  test('does not believe a chunk with a wrong checksum', () => {
    const wrong = pngChunk('tEXt', bytes('parameters\0Steps: 20'), 0xdeadbeef);
    const container = readContainer(png([wrong]));
    expect(container.texts).toEqual([]);
    expect(container.problems).toEqual(['chunk tEXt at 33 has a wrong checksum']);
  });

  test('does not believe what is appended after the end', () => {
    const container = readContainer(bytes(png(), pngText('parameters', 'Steps: 20'), 'Midjourney'));
    expect(container.texts).toEqual([]);
    expect(container.problems[0]).toMatch(/^\d+ bytes after the end of the image$/);
  });

  test('caps a deflate bomb', () => {
    const bomb = pngCompressedText('parameters', new Uint8Array(2 * MAX_INFLATED_BYTES));
    const container = readContainer(png([bomb]));
    expect(container.texts).toEqual([]);
    expect(container.problems).toEqual([`zTXt: compressed data grows past ${MAX_INFLATED_BYTES} bytes`]);
  });

  test('many bombs share one allowance', () => {
    const chunk = pngCompressedText('a', new Uint8Array(MAX_INFLATED_BYTES - 1));
    const container = readContainer(png(Array.from({ length: 12 }, () => chunk)));
    expect(
      container.problems.filter((problem) => problem.includes('together grow past')).length,
    ).toBeGreaterThan(0);
  });

  test('a deflate stream that ends early is not believed', () => {
    const whole = pngCompressedText('parameters', utf8Bytes('Steps: 20, Sampler: Euler'));
    const cut = pngChunk('zTXt', whole.subarray(8, whole.length - 12));
    const container = readContainer(png([cut]));
    expect(container.texts).toEqual([]);
    expect(container.problems).toHaveLength(1);
  });

  test('keeps a bounded number of texts and problems', () => {
    const texts = Array.from({ length: MAX_TEXTS + 50 }, (_, i) => pngText(`k${i}`, 'x'));
    const container = readContainer(png(texts));
    expect(container.texts).toHaveLength(MAX_TEXTS);
    expect(container.problems).toHaveLength(MAX_PROBLEMS + 1);
    expect(container.problems.at(-1)).toBe('and 18 more');
  });
});

describe('WebP', () => {
  test('reads EXIF with and without prefix, XMP, ICC and C2PA', () => {
    const profile = icc(128);
    const container = readContainer(
      webp([
        riffChunk('EXIF', bytes('Exif\0\0', EXIF)),
        riffChunk('XMP ', bytes(XMP)),
        riffChunk('ICCP', profile),
        riffChunk('C2PA', STORE),
      ]),
    );
    expect(container.exif).toEqual(EXIF);
    expect(container.xmp).toBe(XMP);
    expect(container.icc).toEqual(profile);
    expect(container.c2pa).toEqual(STORE);
    expect(readContainer(webp([riffChunk('EXIF', EXIF)])).exif).toEqual(EXIF);
  });

  test('does not believe chunks after the RIFF form', () => {
    const late = riffChunk('XMP ', bytes(XMP));
    const container = readContainer(bytes(webp(), late));
    expect(container.xmp).toBeNull();
    expect(container.problems).toEqual([`${late.length} bytes after the end of the image`]);
  });

  test('a cut metadata chunk is not believed', () => {
    const whole = webp([riffChunk('EXIF', EXIF)]);
    expect(readContainer(whole.subarray(0, whole.length - 6)).exif).toBeNull();
  });
});

describe('GIF', () => {
  test('reads comment, XMP and C2PA extensions', () => {
    const comment = bytes([0x21, 0xfe], subBlocks(bytes('x'.repeat(300))));
    const store = bytes([0x21, 0xff, 11], 'C2PA_GIF', [1, 0, 0], subBlocks(STORE));
    const container = readContainer(gif([comment, gifXmp(XMP), store]));
    expect(container.texts).toEqual([{ keyword: 'comment', text: 'x'.repeat(300), segment: 'comment' }]);
    expect(container.xmp).toBe(XMP);
    expect(container.c2pa).toEqual(STORE);
    expect(container.problems).toEqual([]);
  });

  test('stops at the trailer', () => {
    const container = readContainer(bytes(gif(), [0x21, 0xfe], subBlocks(bytes('late'))));
    expect(container.texts).toEqual([]);
  });
});

describe('AVIF and HEIC', () => {
  const exifItem = { type: 'Exif', data: bytes(be32(0), EXIF) };

  test('reads Exif and XMP items, ICC, and the C2PA box', () => {
    const uuid = bytes([
      0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81,
    ]);
    const c2pa = box('uuid', uuid, [0, 0, 0, 0], 'manifest\0', [0, 0, 0, 0, 0, 0, 0, 0], STORE);
    const file = avif([exifItem, { type: 'mime', data: bytes(XMP), contentType: 'application/rdf+xml' }], {
      extra: [c2pa],
    });
    const container = readContainer(file);
    expect(container.format).toBe('avif');
    expect(container.exif).toEqual(EXIF);
    expect(container.xmp).toBe(XMP);
    expect(container.c2pa).toEqual(STORE);
    expect(container.problems).toEqual([]);
  });

  test('an item that lies outside the file is named and left out', () => {
    const file = avif([exifItem]);
    const at = indexOf(file, bytes(be32(3), be32(exifItem.data.length)));
    file.set(be32(0x7fffffff), at);
    const container = readContainer(file);
    expect(container.exif).toBeNull();
    expect(container.problems).toEqual(['item 2 (Exif) lies outside the file']);
  });

  test('a zero-length box before meta ends the walk instead of looping', () => {
    const file = avif([exifItem]);
    const ftyp = 20;
    const zero = bytes(file.subarray(0, ftyp), be32(0), 'free', file.subarray(ftyp));
    expect(readContainer(zero).exif).toBeNull();
    expect(readHeader(zero)).toBeNull();
    const tooSmall = bytes(file.subarray(0, ftyp), be32(4), 'free', file.subarray(ftyp));
    expect(readContainer(tooSmall).problems[0]).toBe('box at 20 has an impossible size');
  });

  test('boxes past the count cap end the walk', () => {
    const many = new Uint8Array(8 * 20_000);
    for (let at = 0; at < many.length; at += 8) many.set(bytes(be32(8), 'free'), at);
    const file = avif([exifItem]);
    expect(readContainer(bytes(file.subarray(0, 20), many, file.subarray(20))).exif).toBeNull();
  });
});

describe('sniffFormat', () => {
  test.each([
    ['jpeg', jpeg()],
    ['png', png()],
    ['webp', webp()],
    ['gif', gif()],
    ['avif', avif()],
    ['heic', avif([], { brand: 'heic' })],
    ['tiff', tiff({ 256: 4, 257: 5 })],
    ['bmp', bytes('BM', new Uint8Array(12), le32(40), new Uint8Array(36))],
    ['ico', bytes([0, 0, 1, 0, 1, 0, 16, 16, 0, 0], new Uint8Array(12))],
    ['svg', bytes('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><!DOCTYPE svg>\n<svg xmlns="x"/>')],
  ])('%s', (format, file) => {
    expect(sniffFormat(file)).toBe(format);
  });

  test.each([
    ['nothing', bytes()],
    ['a page', bytes('<!DOCTYPE html><html><svg></svg></html>')],
    ['text', bytes('hello')],
    ['a name without its shape', bytes('BMW is a car')],
    ['RIFF that is no WebP', bytes('RIFF', le32(4), 'WAVE')],
    ['an MP4', box('ftyp', 'isom', be32(0), 'mp42')],
  ])('null for %s', (_, file) => {
    expect(sniffFormat(file)).toBeNull();
    expect(readHeader(file)).toBeNull();
  });
});

describe('readHeader', () => {
  test.each([
    ['jpeg', jpeg([], 65_535, 65_535), 65_535, 65_535],
    ['png', png([], 2_000_000_000, 3), 2_000_000_000, 3],
    ['webp', webp([], 16_383, 1_000), 16_383, 1_000],
    ['gif', gif([], 65_535, 65_535), 65_535, 65_535],
    ['avif', avif([], { width: 65_536, height: 65_536 }), 65_536, 65_536],
    ['tiff', tiff({ 256: 100_000, 257: 100_000 }), 100_000, 100_000],
    [
      'bmp',
      bytes('BM', new Uint8Array(12), le32(40), le32(20_000), le32(-30_000 >>> 0), new Uint8Array(28)),
      20_000,
      30_000,
    ],
    ['svg', bytes('<svg width="640px" height="480" viewBox="0 0 1 1">'), 640, 480],
    ['svg', bytes('<svg width="100%" viewBox="0 0 300 200.4">'), 300, 200],
  ])('declared size of %s without decoding', (format, file, width, height) => {
    expect(readHeader(file)).toEqual({ format, width, height });
  });

  test('an icon that hides a larger PNG declares the PNG size', () => {
    const inner = png([], 40_000, 40_000);
    const file = bytes([0, 0, 1, 0, 1, 0], [16, 16, 0, 0, 1, 0, 32, 0], le32(inner.length), le32(22), inner);
    expect(readHeader(file)).toEqual({ format: 'ico', width: 40_000, height: 40_000 });
  });

  test('a header without a size is no header', () => {
    expect(readHeader(jpeg([], 0, 0))).toBeNull();
    expect(readHeader(bytes('GIF89a'))).toBeNull();
  });

  test('a cut file still tells its size where its header is whole', () => {
    expect(readHeader(png([], 640, 480).subarray(0, 33))).toEqual({ format: 'png', width: 640, height: 480 });
    expect(readHeader(webp([], 640, 480).subarray(0, 60))).toEqual({
      format: 'webp',
      width: 640,
      height: 480,
    });
  });
});

function indexOf(file: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= file.length; at++) {
    if (part.every((byte, i) => file[at + i] === byte)) return at;
  }
  throw new Error('not found');
}
