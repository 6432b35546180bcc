import { describe, expect, test } from 'vitest';
import { jpeg, jpegExif, jpegIptc, png, pngText, tiff } from '../../../containers/hand-made';
import { first, traces, withXmp } from './traces.fixture';

describe('services', () => {
  test.each([
    ['Job ID', 'a red fox Job ID: 01234567-89ab-cdef-0123-456789abcdef', undefined],
    ['flags', 'a red fox --ar 16:9 --v 6.1 --style raw', 'v 6.1'],
    ['niji', 'a red fox --niji 6 --ar 3:4', 'niji 6'],
  ])('Midjourney by %s', async (_, text, model) => {
    const trace = await first(png([pngText('Description', text)]));
    expect(trace).toMatchObject({ generator: 'Midjourney', where: 'PNG text "Description"' });
    expect(trace?.model).toBe(model);
    expect(await first(jpeg([jpegExif(tiff({ 270: text }))]))).toMatchObject({
      where: 'EXIF ImageDescription',
    });
    expect(await first(jpeg([jpegIptc({ 120: text })]))).toMatchObject({ where: 'IPTC Caption' });
  });

  test('a command line with --v is no Midjourney', async () => {
    expect(await traces(png([pngText('Description', 'made by tool --v --quiet')]))).toEqual([]);
  });

  test('Grok needs signature and identifier together', async () => {
    const signature = `Signature: ${'Ab9+'.repeat(20)}==`;
    const id = '01234567-89ab-cdef-0123-456789abcdef';
    expect(await first(jpeg([jpegExif(tiff({ 270: signature, 315: id }))]))).toMatchObject({
      generator: 'Grok',
    });
    expect(await traces(jpeg([jpegExif(tiff({ 270: signature, 315: 'Ann' }))]))).toEqual([]);
    expect(await traces(jpeg([jpegExif(tiff({ 270: 'Signature: Ann', 315: id }))]))).toEqual([]);
  });

  test('FLUX', async () => {
    const byMake = tiff({ 271: 'Black Forest Labs', 272: 'flux-dev' });
    expect(await first(jpeg([jpegExif(byMake)]))).toMatchObject({ generator: 'FLUX', model: 'flux-dev' });
    const bySoftware = tiff({ 305: 'AI generated;txt2img;flux' });
    expect(await first(jpeg([jpegExif(bySoftware)]))).toMatchObject({
      generator: 'FLUX',
      where: 'EXIF Software',
    });
  });

  test('Google AI: made, and edited', async () => {
    expect(await first(withXmp('photoshop:Credit="Made with Google AI"'))).toMatchObject({
      kind: 'generated',
      generator: 'Google AI',
    });
    expect(await first(jpeg([jpegIptc({ 110: 'Made with Google AI' })]))).toMatchObject({
      where: 'IPTC Credit',
    });
    expect(
      (await traces(withXmp('photoshop:Credit="Edited with Google AI"'))).map((trace) => trace.kind),
    ).toEqual(['composite', 'composite']);
  });

  test.each([
    ['Adobe Firefly', 'Adobe Firefly'],
    ['DALL-E 3', 'DALL·E'],
    ['DALL·E', 'DALL·E'],
    ['Microsoft Designer', 'Microsoft Designer'],
    ['Bing Image Creator', 'Bing Image Creator'],
    ['Ideogram AI', 'Ideogram'],
    ['Leonardo.Ai', 'Leonardo.Ai'],
    ['gpt-image-1', 'ChatGPT'],
    ['Midjourney', 'Midjourney'],
    ['stable-diffusion.cpp', 'Stable Diffusion'],
  ])('Software %s', async (words, generator) => {
    const trace = { kind: 'generated', generator, weight: 1 };
    expect(await first(jpeg([jpegExif(tiff({ 305: words }))]))).toMatchObject({
      ...trace,
      where: 'EXIF Software',
    });
    expect(await first(png([pngText('Software', words)]))).toMatchObject({
      ...trace,
      where: 'PNG text "Software"',
    });
    expect(await first(withXmp(`xmp:CreatorTool="${words}"`))).toMatchObject({
      ...trace,
      where: 'XMP CreatorTool',
    });
  });

  test.each([
    'Adobe Photoshop 25.0',
    'Imagen digital',
    'Leonardo da Vinci',
    'HDR+ 1.0',
    'Grokking Studio',
    'Canva',
    'Aurora HDR',
  ])('Software %s names no generator', async (words) => {
    expect(await traces(jpeg([jpegExif(tiff({ 305: words }))]))).toEqual([]);
  });
});
