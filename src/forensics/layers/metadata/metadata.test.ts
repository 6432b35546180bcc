import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readContainer, readHeader } from '../../containers';
import {
  bytes,
  c2paStore,
  gif,
  jpeg,
  jpegExif,
  jpegIptc,
  jpegJumbf,
  jpegSegment,
  jpegXmp,
  png,
  pngChunk,
  pngText,
  subBlocks,
  tiff,
} from '../../containers/hand-made';
import type { ForensicImage } from '../../image';
import type { EngineServices } from '../../layer';
import type { LayerResult } from '../../report';
import type { Text } from '../../text';
import { metadata } from '.';
import { decodeExif } from './exif-decoder';

const never = () => Promise.reject(new Error('not for this layer'));
const services: EngineServices = {
  exif: { decode: (block) => decodeExif(block) },
  jpeg: { roundTrip: never },
  detector: { detect: never },
};

function imageOf(file: Uint8Array | null): ForensicImage {
  const header = file ? readHeader(file) : null;
  return {
    how: file ? 'file' : 'tab-crop',
    format: header?.format ?? 'png',
    width: header?.width ?? 8,
    height: header?.height ?? 8,
    bytes: file,
    container: () => (file ? readContainer(file) : null),
    pixels: {
      width: 8,
      height: 8,
      region: () => ({ width: 0, height: 0, data: new Uint8ClampedArray() }),
      close: () => {},
    },
    lumaTiles: () => [],
    scaledToShorterSide: () => ({ width: 0, height: 0, data: new Uint8ClampedArray() }),
  };
}

function analyze(
  file: Uint8Array | null,
  given: EngineServices = services,
  signal = new AbortController().signal,
) {
  return metadata.analyze(imageOf(file), given, signal);
}

const keysOf = (texts: readonly Text[]) =>
  texts.map((text) => ('key' in text ? text.key.replace('layers.metadata.', '') : text));
const fact = (result: LayerResult, key: string) =>
  result.facts?.find(({ name }) => 'key' in name && name.key === `layers.metadata.facts.${key}`)?.value;

const CAMERA_EXIF = tiff(
  { 271: 'Canon', 272: 'Canon EOS R5', 305: 'Firmware 1.8' },
  {
    33434: [1, 250],
    33437: [56, 10],
    34855: 200,
    36867: '2024:05:06 07:08:09',
    37386: [50, 1],
    40962: 8,
    40963: 8,
    42036: 'RF24-105mm',
  },
  { 2: [52, 1] },
);
const CAMERA = jpegExif(CAMERA_EXIF);
const SETTINGS = 'a fox\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 8x8, Model: dream';
const OPENAI = c2paStore({
  claim: { claim_generator: 'OpenAI-API c2pa-rs/0.31' },
  actions: [{ action: 'c2pa.created', softwareAgent: 'DALL·E' }],
});

describe('what the file says', () => {
  test('a camera record that hangs together', async () => {
    const result = await analyze(jpeg([CAMERA]));
    expect(result.status).toBe('clear');
    expect(result.label).toEqual({ key: 'layers.metadata.labelNamed.camera', args: ['Canon EOS R5'] });
    expect(result.claim).toEqual({ kind: 'camera', name: 'Canon EOS R5', where: 'EXIF' });
    expect(result.features).toMatchObject({
      camera: 1,
      gps: 1,
      anyExif: 1,
      claimGenerated: 0,
      exifSizeDiffers: 0,
    });
    expect(fact(result, 'exposure')).toEqual({ verbatim: '1/250 s, f/5.6, ISO 200, 50 mm' });
    expect(fact(result, 'lens')).toEqual({ verbatim: 'RF24-105mm' });
    expect(fact(result, 'taken')).toEqual({ verbatim: '2024:05:06 07:08:09' });
    expect(fact(result, 'gps')).toEqual({ key: 'layers.metadata.isThere' });
  });

  test('a generator trace is flagged, with model and place', async () => {
    const result = await analyze(png([pngText('parameters', SETTINGS)]));
    expect(result.status).toBe('flagged');
    expect(result.claim).toEqual({
      kind: 'generated',
      name: 'Stable Diffusion',
      where: 'PNG text "parameters"',
    });
    expect(keysOf(result.explanation.seen)).toEqual(['seenNamed.generated', 'seen.model']);
    expect(result.features).toMatchObject({ claimGenerated: 1, camera: 0, anyExif: 0 });
    expect(result.score).toBeNull();
  });

  test('a source type names no maker; credentials beside it lend the name', async () => {
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" i:DigitalSourceType="trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta>`;
    const alone = await analyze(jpeg([jpegXmp(xmp)]));
    expect(alone.label).toEqual({ key: 'layers.metadata.label.generated' });
    expect(alone.claim).toEqual({ kind: 'generated', name: null, where: 'IPTC DigitalSourceType' });
    const beside = await analyze(jpeg([jpegXmp(xmp), ...jpegJumbf(OPENAI)]));
    expect(beside.claim?.name).toBe('DALL·E');
  });

  test('unvalidated credentials that speak of AI are a warning, never more', async () => {
    const result = await analyze(jpeg(jpegJumbf(OPENAI)));
    expect(result.status).toBe('warning');
    expect(result.features).toMatchObject({ c2paPresent: 1, c2paAi: 1, claimGenerated: 0 });
    expect(result.claim).toEqual({
      kind: 'generated',
      name: 'DALL·E',
      where: 'C2PA manifest (not validated)',
    });
    expect(keysOf(result.explanation.means)).toEqual(['means.c2paGenerated']);
  });

  test('a service that names itself only, and a source type without a name', async () => {
    const bing = c2paStore({
      claim: {
        claim_generator_info: [{ name: 'Microsoft Responsible AI Image Provenance', version: '1.0' }],
      },
      actions: [{ action: 'c2pa.created', softwareAgent: 'Bing Image Creator' }],
    });
    expect((await analyze(jpeg(jpegJumbf(bing)))).claim?.name).toBe('Bing Image Creator');
    const typed = c2paStore({
      claim: { claim_generator: 'someone/1' },
      actions: [
        {
          action: 'c2pa.created',
          digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
        },
      ],
    });
    expect((await analyze(jpeg(jpegJumbf(typed)))).features.c2paAi).toBe(1);
  });

  test('an AI step inside an edited photograph is a part', async () => {
    const filled = c2paStore({
      claim: { claim_generator: 'Adobe_Photoshop/25.0' },
      actions: [
        { action: 'c2pa.opened' },
        {
          action: 'c2pa.edited',
          digitalSourceType:
            'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia',
        },
      ],
    });
    const result = await analyze(jpeg([...jpegJumbf(filled)]));
    expect(result.features).toMatchObject({ c2paAi: 0, c2paAiPart: 1 });
    expect(result.claim?.kind).toBe('composite');
    const assertion = c2paStore({
      claim: { claim_generator: 'Adobe_Photoshop/24' },
      assertion: 'com.adobe.generative-ai',
    });
    expect((await analyze(jpeg(jpegJumbf(assertion)))).features.c2paAiPart).toBe(1);
  });

  test('credentials of a camera or an editor are named and nothing more', async () => {
    const store = c2paStore({
      claim: { claim_generator: 'M11-P/2.0.2' },
      actions: [{ action: 'c2pa.created' }],
    });
    const result = await analyze(jpeg(jpegJumbf(store)));
    expect(result.status).toBe('clear');
    expect(result.label).toEqual({ key: 'layers.metadata.labelNamed.c2paOnly', args: ['M11-P/2.0.2'] });
    expect(result.features).toMatchObject({ c2paPresent: 1, c2paAi: 0, c2paAiPart: 0 });
  });

  test('an editor is a warning; a raw developer beside a camera is not', async () => {
    const edited = await analyze(jpeg([jpegExif(tiff({ 305: 'Adobe Photoshop 25.0 (Macintosh)' }))]));
    expect(edited).toMatchObject({ status: 'warning', features: { editor: 1, developer: 0 } });
    const exif = tiff(
      { 271: 'NIKON CORPORATION', 272: 'NIKON D700', 305: 'Adobe Photoshop Lightroom 6.9 (Windows)' },
      { 33434: [1, 200], 34855: 800 },
    );
    const developed = await analyze(jpeg([jpegExif(exif)]));
    expect(developed).toMatchObject({ status: 'clear', features: { editor: 0, developer: 1, camera: 1 } });
  });

  test("a game's photo mode is no camera", async () => {
    const exif = tiff(
      { 271: 'Polyphony Digital Inc.', 272: 'Gran Turismo 5' },
      { 33434: [1, 59], 33437: [45, 1] },
    );
    const result = await analyze(jpeg([jpegExif(exif)]));
    expect(result).toMatchObject({ status: 'warning', features: { camera: 0, cameraVirtual: 1 } });
  });

  test.each([
    ['no exposure', tiff({ 271: 'Canon', 272: 'EOS' })],
    [
      'an impossible exposure',
      tiff({ 271: 'Canon', 272: 'EOS' }, { 33434: [0, 0], 33437: [0, 1], 34855: 0 }),
    ],
  ])('make and model with %s are part of a record', async (_, exif) => {
    const result = await analyze(jpeg([jpegExif(exif)]));
    expect(result).toMatchObject({ status: 'clear', features: { camera: 0, cameraPartial: 1 } });
  });

  test('a camera record and an AI trace together: the trace decides, and both are said', async () => {
    const result = await analyze(jpeg([CAMERA, jpegIptc({ 110: 'Made with Google AI' })]));
    expect(result.status).toBe('flagged');
    expect(keysOf(result.explanation.otherwise)).toEqual([
      'otherwise.generated',
      'otherwise.bothCameraAndAi',
    ]);
    expect(result.features).toMatchObject({ camera: 1, claimGenerated: 1 });
  });

  test('other dimensions than the record says are told; a turned picture is the same size', async () => {
    const exif = (width: number, height: number) => jpegExif(tiff({}, { 40962: width, 40963: height }));
    expect((await analyze(jpeg([exif(4000, 3000)], 400, 300))).features.exifSizeDiffers).toBe(1);
    expect((await analyze(jpeg([exif(300, 400)], 400, 300))).features.exifSizeDiffers).toBe(0);
  });

  test('absence is clear, and says how little that is', async () => {
    const result = await analyze(png());
    expect(result.status).toBe('clear');
    expect(result.label).toEqual({ key: 'layers.metadata.label.stripped' });
    expect(keysOf(result.explanation.otherwise)).toEqual(['otherwise.stripped']);
    expect(result.claim).toBeUndefined();
    expect(Object.values(result.features).every((value) => value === 0)).toBe(true);
  });

  test('pixels without their file: unavailable, with the reason', async () => {
    const result = await analyze(null);
    expect(result.status).toBe('unavailable');
    expect(result.unavailable).toEqual({ key: 'layers.metadata.unavailable.pixelsOnly' });
  });
});

describe('what is not believed', () => {
  test.each([
    ['13 bytes appended to a JPEG', bytes(jpeg(), 'Midjourney v6')],
    ['13 bytes appended to a PNG', bytes(png(), 'Midjourney v6')],
    ['a text chunk after IEND', bytes(png(), pngText('parameters', SETTINGS))],
    ['a segment after EOI', bytes(jpeg(), jpegIptc({ 110: 'Made with Google AI' }))],
    ['a chunk with a wrong checksum', png([pngChunk('tEXt', bytes('parameters\0', SETTINGS), 1)])],
    ['words inside picture data', jpeg([jpegSegment(0xc4, bytes('trainedAlgorithmicMedia'))])],
    ['a comment that mentions a generator', jpeg([jpegSegment(0xfe, bytes('not made by Midjourney'))])],
    ['a GIF comment', gif([bytes([0x21, 0xfe], subBlocks(bytes('parameters Steps: 20')))])],
    ['JUMBF bytes outside APP11', jpeg([jpegSegment(0xe5, OPENAI)])],
  ])('%s', async (_, file) => {
    const result = await analyze(file);
    expect(result.status).toBe('clear');
    expect(result.features).toMatchObject({ claimGenerated: 0, claimComposite: 0, c2paPresent: 0 });
  });

  test('an EXIF block that cannot be decoded is named, and the rest is read', async () => {
    const failing = { ...services, exif: { decode: never } };
    const result = await analyze(jpeg([CAMERA, jpegIptc({ 110: 'Made with Google AI' })]), failing);
    expect(result.status).toBe('flagged');
    expect(keysOf(result.explanation.seen)).toContain('seen.exifUnreadable');
  });

  test('an aborted analysis rejects', async () => {
    const controller = new AbortController();
    const slow = {
      ...services,
      exif: {
        decode: () => {
          controller.abort();
          return never();
        },
      },
    };
    await expect(analyze(jpeg([CAMERA]), slow, controller.signal)).rejects.toThrow(/abort/i);
  });
});

describe('hostile text', () => {
  const EVIL = '<img src=x onerror=alert(1)>\u0007\u202e\u200b\n"\'`$1';

  test('markup, control and direction characters in every field stay plain, short text', async () => {
    const exif = tiff(
      { 270: EVIL, 271: EVIL.replace('\n', ''), 272: 'm', 305: `Photoshop ${EVIL}`, 315: EVIL },
      {
        33434: [1, 9],
        34855: 1,
        36867: EVIL,
        37510: bytes('ASCII\0\0\0', EVIL.replace(/[\u0100-\uffff]/g, '')),
        42036: EVIL,
      },
    );
    const file = png([
      pngChunk('eXIf', exif),
      pngText(EVIL.slice(0, 20), EVIL.repeat(500)),
      pngText('Software', EVIL),
    ]);
    const result = await analyze(file);
    const shown: string[] = [];
    const collect = (text: Text) => {
      if ('verbatim' in text) shown.push(text.verbatim);
      else for (const arg of text.args ?? []) if (typeof arg === 'string') shown.push(arg);
    };
    collect(result.label);
    for (const part of [result.explanation.seen, result.explanation.means, result.explanation.otherwise])
      part.forEach(collect);
    for (const { name, value } of result.facts ?? []) {
      collect(name);
      collect(value);
    }
    expect(shown.length).toBeGreaterThan(8);
    for (const text of shown) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(text.length).toBeLessThanOrEqual(200);
    }
    // Nothing is escaped here either: pages set text nodes.
    expect(shown.some((text) => text.includes('<img src=x'))).toBe(true);
  });
});

test('every sentence has words in locales/en.yml', async () => {
  const files = [
    jpeg([CAMERA]),
    png([pngText('parameters', SETTINGS)]),
    jpeg(jpegJumbf(OPENAI)),
    jpeg([jpegExif(tiff({ 305: 'GIMP 2.10' }))]),
    png(),
    png([pngText('Title', 'x')]),
    bytes(png(), 'late'),
  ];
  const used = new Set<string>();
  const collect = (text: Text) => {
    if ('key' in text) used.add(text.key);
  };
  for (const result of await Promise.all([...files, null].map((file) => analyze(file)))) {
    collect(result.label);
    if (result.unavailable) collect(result.unavailable);
    for (const part of [result.explanation.seen, result.explanation.means, result.explanation.otherwise])
      part.forEach(collect);
    for (const { name, value } of result.facts ?? []) [name, value].forEach(collect);
  }
  const known = localeKeys();
  expect([...used].filter((key) => !known.has(key))).toEqual([]);
  // Keys that are put together from a ground or a kind: all of them, whether met above or not.
  const grounds = [
    'generated',
    'composite',
    'synthetic',
    'c2paGenerated',
    'c2paComposite',
    'virtual',
    'editor',
    'camera',
    'partial',
    'c2paOnly',
    'nothing',
    'stripped',
  ];
  const composed = [
    ...grounds.flatMap((ground) => ['label', 'means', 'otherwise'].map((part) => `${part}.${ground}`)),
    ...[
      'generated',
      'composite',
      'c2paGenerated',
      'c2paComposite',
      'editor',
      'camera',
      'partial',
      'c2paOnly',
    ].map((ground) => `labelNamed.${ground}`),
    ...['generated', 'composite', 'synthetic'].flatMap((kind) => [`seen.${kind}`, `seenNamed.${kind}`]),
    ...[
      'c2pa',
      'c2pa_generated',
      'c2pa_composite',
      'cameraOnly',
      'virtual',
      'developer',
      'sizeDiffers',
      'exifUnreadable',
      'xmpUnreadable',
      'nothing',
    ].map((key) => `seen.${key}`),
    ...[
      'model',
      'lens',
      'author',
      'credit',
      'sourceType',
      'c2paGenerator',
      'c2paActions',
      'c2paRemote',
      'facebook',
      'icc',
      'userComment',
      'description',
    ].map((key) => `facts.${key}`),
  ];
  expect(composed.filter((key) => !known.has(`layers.metadata.${key}`))).toEqual([]);
});

/** Dotted keys of the words file, by its indentation of two spaces. */
function localeKeys(): Set<string> {
  const keys = new Set<string>();
  const path: string[] = [];
  for (const line of readFileSync('locales/en.yml', 'utf8').split('\n')) {
    const match = /^( *)([\w]+):/.exec(line);
    if (!match) continue;
    path.length = (match[1] ?? '').length / 2;
    path.push(match[2] ?? '');
    keys.add(path.join('.'));
  }
  return keys;
}
