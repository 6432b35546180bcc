import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  bytes,
  c2paStore,
  jpeg,
  jpegExif,
  jpegJumbf,
  png,
  pngChunk,
  pngText,
  tiff,
} from '../../containers/hand-made';
import { analyze, shownTexts } from './test-image';

const CAMERA = jpegExif(
  tiff({ 271: 'Canon', 272: 'EOS R5' }, { 33434: [1, 250], 34855: 200, 40962: 9, 40963: 9 }, { 2: [52, 1] }),
);
const SETTINGS = 'a fox\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 8x8, Model: dream';
const OPENAI = c2paStore({
  claim: { claim_generator: 'OpenAI-API c2pa-rs/0.31' },
  actions: [{ action: 'c2pa.created', softwareAgent: 'DALL·E' }],
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
    const shown = shownTexts(result).flatMap((text) =>
      'verbatim' in text ? [text.verbatim] : (text.args ?? []).filter((arg) => typeof arg === 'string'),
    );
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
  const results = await Promise.all([...files, null].map((file) => analyze(file)));
  const used = new Set(results.flatMap(shownTexts).flatMap((text) => ('key' in text ? [text.key] : [])));
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
