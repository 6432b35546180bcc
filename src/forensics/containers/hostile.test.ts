import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readContainer, readHeader, sniffFormat } from '.';
import {
  avif,
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

const CORPUS = '../shared/corpus/badinput';
/** Far above what any of these takes (under 30 ms), far below what a loop would take. */
const SLOW_MS = 1_000;
/** For a whole test on a machine that does other things too. */
const PATIENCE_MS = 30_000;

const EXIF = tiff({ 271: 'Canon', 272: 'EOS' }, { 33434: [1, 250] }, { 2: [50, 1] });
const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>';
const STORE = c2paStore({ claim: { claim_generator: 'x' }, actions: [{ action: 'c2pa.created' }] });
const SEEDS: readonly (readonly [string, Uint8Array])[] = [
  [
    'jpeg',
    jpeg([
      jpegExif(EXIF),
      jpegXmp(XMP),
      jpegIptc({ 110: 'a' }),
      jpegSegment(0xe2, bytes('ICC_PROFILE\0', [1, 1], new Uint8Array(40))),
      jpegSegment(0xdb, new Uint8Array(65)),
      jpegSegment(0xfe, bytes('note')),
      ...jpegJumbf(STORE, 90),
    ]),
  ],
  [
    'png',
    png([
      pngText('parameters', 'a'),
      pngCompressedText('b', utf8Bytes('c'.repeat(200))),
      pngInternationalText('d', 'e', true),
      pngChunk('eXIf', EXIF),
      pngChunk('caBX', STORE),
    ]),
  ],
  ['webp', webp([riffChunk('EXIF', EXIF), riffChunk('XMP ', bytes(XMP)), riffChunk('C2PA', STORE)])],
  ['gif', gif([bytes([0x21, 0xfe], subBlocks(bytes('note'))), gifXmp(XMP)])],
  [
    'avif',
    avif(
      [
        { type: 'Exif', data: bytes(be32(0), EXIF) },
        { type: 'mime', data: bytes(XMP), contentType: 'application/rdf+xml' },
      ],
      { extra: [box('uuid', new Uint8Array(40)), box('mdat', new Uint8Array(8))] },
    ),
  ],
  ['tiff', EXIF],
  ['ico', bytes([0, 0, 1, 0, 1, 0], [16, 16, 0, 0, 1, 0, 32, 0], [9, 0, 0, 0, 22, 0, 0, 0], png())],
  ['svg', bytes('<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg width="3" height="4"/>')],
];

/** Reads everything there is to read; answers milliseconds. Throws where a reader does. */
function readAll(file: Uint8Array): number {
  const started = performance.now();
  if (sniffFormat(file) !== null) readContainer(file);
  const header = readHeader(file);
  if (header) expect(Math.min(header.width, header.height)).toBeGreaterThan(0);
  return performance.now() - started;
}

describe('hostile bytes', { timeout: PATIENCE_MS }, () => {
  test.each(SEEDS)('%s: changed, inserted, removed and repeated bytes neither throw nor hang', (_, seed) => {
    const at = fc.nat({ max: seed.length - 1 });
    const edit = fc.oneof(
      fc.tuple(fc.constant('set' as const), at, fc.uint8Array({ minLength: 1, maxLength: 4 })),
      fc.tuple(fc.constant('insert' as const), at, fc.uint8Array({ minLength: 1, maxLength: 16 })),
      fc.tuple(fc.constant('remove' as const), at, fc.uint8Array({ minLength: 1, maxLength: 16 })),
      fc.tuple(
        fc.constant('extreme' as const),
        at,
        fc.constantFrom(bytes(be32(0)), bytes(be32(0xffffffff)), bytes(be32(1)), bytes(be32(0x7fffffff))),
      ),
    );
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        fc.nat({ max: seed.length }),
        (edits, keep) => {
          let file = seed;
          for (const [kind, where, data] of edits) {
            const spot = Math.min(where, file.length);
            if (kind === 'insert') file = bytes(file.subarray(0, spot), data, file.subarray(spot));
            else if (kind === 'remove')
              file = bytes(file.subarray(0, spot), file.subarray(spot + data.length));
            else {
              file = file.slice();
              file.set(data.subarray(0, Math.max(0, file.length - spot)), spot);
            }
          }
          expect(readAll(file)).toBeLessThan(SLOW_MS);
          expect(readAll(file.subarray(0, keep))).toBeLessThan(SLOW_MS);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each(SEEDS)('%s: cut after every byte', (_, seed) => {
    for (let length = 0; length <= seed.length; length++) readAll(seed.subarray(0, length));
  });

  test('a valid beginning and noise behind it', () => {
    const heads = SEEDS.map(([, seed]) => seed.subarray(0, 12));
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }), (head, noise) => {
        expect(readAll(bytes(head, noise))).toBeLessThan(SLOW_MS);
      }),
      { numRuns: 1_000 },
    );
  });

  test('25 MB of the worst for each walk stays quick', () => {
    const size = 25 << 20;
    const fill = (head: Uint8Array, pattern: Uint8Array) => {
      const file = new Uint8Array(size);
      file.set(pattern, head.length);
      // Doubling what is there already: 25 MB of a five-byte pattern in 23 copies.
      for (let done = pattern.length; head.length + done < size; done *= 2) {
        file.copyWithin(head.length + done, head.length, head.length + done);
      }
      file.set(head);
      return file;
    };
    const worst = [
      fill(bytes([0xff, 0xd8]), bytes([0xff])),
      fill(bytes([0xff, 0xd8, 0xff, 0xd0]), bytes([0xff, 0xd0])),
      fill(png().subarray(0, 33), pngChunk('tEXt', bytes('a\0b'))),
      fill(webp().subarray(0, 12), riffChunk('EXIF', bytes())),
      fill(gif().subarray(0, 13), bytes([0x21, 0xfe, 1, 65, 0])),
      fill(bytes(box('ftyp', 'avif', be32(0))), bytes(be32(8), 'meta')),
      fill(bytes('<svg '), bytes('<!--')),
      fill(bytes(), bytes('<!--')),
    ];
    for (const file of worst) expect(readAll(file)).toBeLessThan(3 * SLOW_MS);
  });
});

describe.skipIf(!existsSync(CORPUS))(
  'regression files of image libraries (../shared/corpus absent: skipped)',
  () => {
    const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => !name.endsWith('.tsv')) : [];

    test('every file is read without an exception, each in time', () => {
      expect(files.length).toBeGreaterThanOrEqual(380);
      for (const name of files) {
        expect(readAll(new Uint8Array(readFileSync(join(CORPUS, name)))), name).toBeLessThan(SLOW_MS);
      }
    });
  },
);
