import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { box, bytes, c2paStore, cbor, tiff, utf8Bytes, utf16Bytes } from '../../containers/hand-made';
import { readC2paClaims } from './c2pa-claims';
import { CborError, decodeCbor } from './cbor';
import { clean } from './clean';
import { decodeExif } from './exif-decoder';
import { iccDescription } from './icc';
import { readIptc } from './iptc';
import { parseObject } from './json';
import { MAX_CBOR_DEPTH, MAX_XMP_PROPERTIES } from './limits';
import { readXmp } from './xmp';

describe('decodeExif', () => {
  test('reads the tags of the layer, and not the coordinates', async () => {
    const block = tiff(
      { 271: 'Canon', 274: 6, 40092: utf16Bytes('note\0', true) },
      { 33434: [1, 250], 36867: '2024:05:06 07:08:09', 37500: new Uint8Array(100).fill(200) },
      { 1: 'N', 2: [521, 10], 4: [13, 1] },
    );
    expect(await decodeExif(block)).toEqual({
      Make: 'Canon',
      Orientation: 6,
      XPComment: 'note',
      ExposureTime: 0.004,
      DateTimeOriginal: '2024:05:06 07:08:09',
      MakerNoteBytes: 100,
      HasGps: 1,
    });
  });

  test('zero coordinates are no place', async () => {
    expect(await decodeExif(tiff({ 271: 'A' }, {}, { 2: [0, 0] }))).toEqual({ Make: 'A' });
  });

  test('an entry that claims billions of values is blanked, and the rest is read', async () => {
    const block = tiff({ 270: 'a long enough description', 271: 'Canon' });
    block.set([0x00, 0x00, 0x00, 0x40], 10 + 4); // count of the first entry
    expect(await decodeExif(block)).toEqual({ Make: 'Canon' });
  });

  test('a directory that points at itself ends', async () => {
    const block = tiff({ 271: 'Canon', 34665: 8 });
    expect(await decodeExif(block)).toMatchObject({ Make: 'Canon' });
  });

  test('only a TIFF block is taken: never a file', async () => {
    await expect(decodeExif(box('ftyp', 'avif'))).rejects.toThrow('byte order');
  });

  test('any block answers or throws, and never hangs', async () => {
    const seed = tiff(
      { 271: 'Canon', 305: 'x' },
      { 33434: [1, 9], 37510: bytes('ASCII\0\0\0hi') },
      { 2: [1, 1] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: seed.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 }),
        fc.nat({ max: seed.length }),
        async (edits, keep) => {
          const block = seed.slice();
          for (const [at, value] of edits) block[at] = value;
          const started = performance.now();
          const tags = await decodeExif(block.subarray(0, keep)).catch(() => ({}));
          expect(performance.now() - started).toBeLessThan(1_000);
          for (const value of Object.values(tags))
            expect(['string', 'number', 'object']).toContain(typeof value);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('readXmp', () => {
  const wrap = (inner: string) =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/">${inner}</rdf:Description></rdf:RDF></x:xmpmeta>`;

  test('array items stand under the property, several documents one after the other', () => {
    const list = wrap(
      '<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bo &amp; Co</rdf:li></rdf:Seq></dc:creator>',
    );
    const packet = `<?xpacket begin="" id="x"?>${list}${wrap('<dc:title>Two</dc:title>')}<?xpacket end="w"?>\0\0`;
    expect(readXmp(packet)).toEqual({
      properties: [
        { name: 'dc:creator', value: 'Ann' },
        { name: 'dc:creator', value: 'Bo & Co' },
        { name: 'dc:title', value: 'Two' },
      ],
      whole: true,
    });
  });

  test('entities of the document are not expanded', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>${wrap('<dc:title>&b;</dc:title>')}`;
    const started = performance.now();
    const { properties, whole } = readXmp(bomb);
    expect(properties).toEqual([]);
    expect(whole).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('what was read before the fault is kept', () => {
    const { properties, whole } = readXmp(wrap('<dc:title>kept</dc:title><broken'));
    expect(properties).toEqual([{ name: 'dc:title', value: 'kept' }]);
    expect(whole).toBe(false);
  });

  test('depth and count are capped', () => {
    expect(readXmp(wrap('<dc:a>'.repeat(100_000))).whole).toBe(false);
    expect(readXmp(wrap('<dc:a>x</dc:a>'.repeat(6_000))).properties).toHaveLength(MAX_XMP_PROPERTIES);
  });

  test('any text answers', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '<',
            '>',
            '&',
            '"',
            'a:',
            'b',
            '/',
            '<!--',
            '-->',
            '<![CDATA[',
            ']]>',
            '<?',
            '?>',
            '=',
            ' ',
          ),
        ),
        (parts) => {
          readXmp(parts.join(''));
          readXmp(wrap(parts.join('')));
        },
      ),
    );
  });
});

describe('readC2paClaims', () => {
  test('generator of the active manifest, ingredients, actions of all', () => {
    const store = c2paStore(
      {
        claim: { claim_generator: 'OpenAI-API c2pa-rs/0.31.3' },
        actions: [
          {
            action: 'c2pa.created',
            softwareAgent: 'DALL·E',
            digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
          },
        ],
      },
      { claim: { claim_generator_info: { name: 'ChatGPT' } }, assertion: 'c2pa.hash.data' },
    );
    expect(readC2paClaims(store)).toEqual({
      generator: 'ChatGPT',
      ingredientGenerators: ['OpenAI-API c2pa-rs/0.31.3'],
      actions: [
        { action: 'c2pa.created', softwareAgent: 'DALL·E', digitalSourceType: 'trainedAlgorithmicMedia' },
      ],
      assertions: ['c2pa.actions', 'c2pa.hash.data'],
      manifests: 2,
    });
  });

  test('any bytes answer', () => {
    const seed = c2paStore({
      claim: { claim_generator: 'x' },
      actions: [{ action: 'c2pa.created', softwareAgent: { name: 'y' } }],
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: seed.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 }),
        (edits) => {
          const store = seed.slice();
          for (const [at, value] of edits) store[at] = value;
          expect(readC2paClaims(store).manifests).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('decodeCbor', () => {
  test.each([
    ['an unsigned number of eight bytes', bytes([0x1b, 0, 0, 0, 1, 0, 0, 0, 0]), 2 ** 32],
    ['a negative number', bytes([0x38, 99]), -100],
    ['a tagged date', bytes([0xc0, 0x63], 'now'), 'now'],
    ['a list without length', bytes([0x9f, 1, 2, 0xff]), [1, 2]],
    ['a text in parts', bytes([0x7f, 0x61], 'a', [0x61], 'b', [0xff]), 'ab'],
    ['a half float, which is left out', bytes([0xf9, 0x3c, 0]), null],
  ])('%s (RFC 8949, appendix A)', (_, data, value) => {
    expect(decodeCbor(data)).toEqual(value);
  });

  test.each([
    ['a string longer than the bytes', bytes([0x7a, 0xff, 0xff, 0xff, 0xff])],
    ['a list that promises four billion', bytes([0x9a, 0xff, 0xff, 0xff, 0xff], new Uint8Array(10))],
    ['nesting past the cap', new Uint8Array(MAX_CBOR_DEPTH + 5).fill(0x81)],
    ['more values than the cap', bytes([0x9f], new Uint8Array(30_000))],
    ['nothing', bytes()],
  ])('%s is refused', (_, data) => {
    expect(() => decodeCbor(data)).toThrow(CborError);
  });

  test('what the test writer wrote comes back', () => {
    expect(decodeCbor(cbor({ a: [1, 'b', true], c: { d: 70_000 } }))).toEqual(
      new Map<string, unknown>([
        ['a', [1, 'b', true]],
        ['c', new Map([['d', 70_000]])],
      ]),
    );
  });
});

describe('small readers', () => {
  test('IPTC data sets of record 2, first value each, up to the first that does not fit', () => {
    const set = (id: number, text: string) => bytes([0x1c, 2, id, 0, text.length], text);
    expect([
      ...readIptc(bytes(set(110, 'one'), set(110, 'two'), set(80, 'Ann'), [0x1c, 2, 5, 0xff, 0xff])),
    ]).toEqual([
      [110, 'one'],
      [80, 'Ann'],
    ]);
  });

  test('ICC descriptions of both versions', () => {
    const profile = (tag: Uint8Array) =>
      bytes(new Uint8Array(128), [0, 0, 0, 1], 'desc', [0, 0, 0, 144], [0, 0, 0, tag.length], tag);
    expect(iccDescription(profile(bytes('desc', [0, 0, 0, 0], [0, 0, 0, 5], 'sRGB\0')))).toBe('sRGB');
    const text = utf16Bytes('Display P3', false);
    const mluc = bytes(
      'mluc',
      [0, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 12],
      'enUS',
      [0, 0, 0, text.length],
      [0, 0, 0, 28],
      text,
    );
    expect(iccDescription(profile(mluc))).toBe('Display P3');
    expect(iccDescription(new Uint8Array(200))).toBeNull();
  });

  test('clean cuts by characters and keeps surrogate pairs whole', () => {
    expect(clean('a\u0000b\u202ec\n\n d', 10)).toBe('a b c d');
    expect(clean('😀'.repeat(300), 5)).toBe('😀😀😀😀…');
  });

  test('parseObject takes objects only', () => {
    expect(parseObject('{"a":[NaN,-Infinity]}')).toEqual({ a: [null, null] });
    for (const text of ['[1]', '"x"', 'null', '{', '', null]) expect(parseObject(text)).toBeNull();
    expect(parseObject(`{"a":"${'x'.repeat(2 << 20)}"}`)).toBeNull();
    expect(utf8Bytes('ä')).toHaveLength(2);
  });
});
