import { describe, expect, test } from 'vitest';
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
import type { LayerResult } from '../../report';
import type { Text } from '../../text';
import { analyze, never, services } from './test-image';

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
    expect(result.label).toEqual({ key: 'layers.metadata.labelNamed.c2paGenerated', args: ['DALL·E'] });
    // The layer that validates them says what they claim.
    expect(result.claim).toBeUndefined();
    expect(keysOf(result.explanation.means)).toEqual(['means.c2paGenerated']);
  });

  test('a service that names itself only, and a source type without a name', async () => {
    const bing = c2paStore({
      claim: {
        claim_generator_info: [{ name: 'Microsoft Responsible AI Image Provenance', version: '1.0' }],
      },
      actions: [{ action: 'c2pa.created', softwareAgent: 'Bing Image Creator' }],
    });
    expect((await analyze(jpeg(jpegJumbf(bing)))).label).toMatchObject({ args: ['Bing Image Creator'] });
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

  test("Google's writer names the AI only where a source type says AI", async () => {
    const store = (type: string) =>
      c2paStore({
        claim: { claim_generator_info: { name: 'Google C2PA Core Generator Library' } },
        actions: [{ action: 'c2pa.created', digitalSourceType: `http://c2pa.org/digitalsourcetype/${type}` }],
      });
    expect((await analyze(jpeg(jpegJumbf(store('trainedAlgorithmicMedia'))))).label).toMatchObject({
      args: ['Google AI'],
    });
    expect((await analyze(jpeg(jpegJumbf(store('computationalCapture'))))).features.c2paAi).toBe(0);
  });

  test('the comment that an editor leaves names the editor', async () => {
    expect((await analyze(png([pngText('Comment', 'Created with GIMP')]))).features.editor).toBe(1);
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
    expect(result.claim).toBeUndefined();
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
