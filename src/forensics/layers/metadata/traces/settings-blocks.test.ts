import { describe, expect, test } from 'vitest';
import {
  bytes,
  jpeg,
  jpegExif,
  png,
  pngCompressedText,
  pngInternationalText,
  pngText,
  riffChunk,
  tiff,
  utf8Bytes,
  utf16Bytes,
  webp,
} from '../../../containers/hand-made';
import { A1111, first, traces, userComment, xmp } from './traces.fixture';

describe('settings blocks', () => {
  test.each([
    ['PNG text', png([pngText('parameters', A1111)]), 'PNG text "parameters"'],
    [
      'PNG compressed text',
      png([pngCompressedText('parameters', utf8Bytes(A1111))]),
      'PNG text "parameters"',
    ],
    ['PNG international text', png([pngInternationalText('parameters', A1111)]), 'PNG text "parameters"'],
    [
      'JPEG UserComment, big-endian UTF-16',
      jpeg([jpegExif(userComment('UNICODE\0', utf16Bytes(A1111, false)))]),
      'EXIF UserComment',
    ],
    [
      'JPEG UserComment, little-endian UTF-16',
      jpeg([jpegExif(userComment('UNICODE\0', utf16Bytes(A1111, true)))]),
      'EXIF UserComment',
    ],
    [
      'WebP UserComment, ASCII',
      webp([riffChunk('EXIF', userComment('ASCII\0\0\0', utf8Bytes(A1111)))]),
      'EXIF UserComment',
    ],
  ])('Stable Diffusion web UI in %s', async (_, file, where) => {
    expect(await first(file)).toEqual({
      kind: 'generated',
      generator: 'Stable Diffusion',
      where,
      weight: 2,
      model: 'dreamshaper_8',
    });
  });

  test('ordinary words about steps are no settings', async () => {
    expect(await traces(png([pngText('parameters', 'Steps: 20 to the top of the tower')]))).toEqual([]);
  });

  test.each([
    [
      'invokeai_metadata',
      JSON.stringify({
        app_version: '4.2.0',
        positive_prompt: 'x',
        seed: 1,
        steps: 30,
        model: { name: 'Juggernaut' },
      }),
      'Juggernaut',
    ],
    [
      'sd-metadata',
      JSON.stringify({ model: 'stable diffusion', model_weights: 'sd-1.5', image: { seed: 1 } }),
      'sd-1.5',
    ],
    ['Dream', '"a fox" -s 50 -S 1234 -W 512 -H 512 -C 7.5 -A k_lms', undefined],
  ])('InvokeAI: %s', async (keyword, text, model) => {
    const trace = await first(png([pngText(keyword, text)]));
    expect(trace).toMatchObject({ generator: 'InvokeAI', where: `PNG text "${keyword}"` });
    expect(trace?.model).toBe(model);
  });

  test('a dream that is no command line', async () => {
    expect(await traces(png([pngText('Dream', 'I have a dream -s')]))).toEqual([]);
  });

  test('NovelAI', async () => {
    const comment = JSON.stringify({ steps: 28, sampler: 'k_euler', seed: 1, scale: 5, uc: 'lowres' });
    const file = png([
      pngText('Software', 'NovelAI'),
      pngText('Source', 'NovelAI Diffusion V4 4F49EC75'),
      pngText('Comment', comment),
    ]);
    expect(await first(file)).toMatchObject({ generator: 'NovelAI', model: 'NovelAI Diffusion V4 4F49EC75' });
    expect(await first(png([pngText('Comment', comment)]))).toMatchObject({ generator: 'NovelAI' });
    expect(await traces(png([pngText('Comment', '{"steps":1}')]))).toEqual([]);
  });

  test('Fooocus: JSON with its scheme, the web UI block, and JPEG with MakerNote', async () => {
    const json = JSON.stringify({
      base_model: 'juggernautXL',
      performance: 'Speed',
      seed: '1',
      styles: '[]',
      sampler: 'dpmpp',
    });
    const inPng = png([pngText('fooocus_scheme', 'fooocus'), pngText('parameters', json)]);
    expect(await first(inPng)).toMatchObject({ generator: 'Fooocus', model: 'juggernautXL' });
    const block = A1111.replace('v1.6.0', 'Fooocus v2.3.1');
    expect((await traces(png([pngText('parameters', block)]))).map((trace) => trace.generator)).toEqual([
      'Fooocus',
    ]);
    const exif = tiff({}, { 37510: bytes('UNICODE\0', utf16Bytes(json, false)), 37500: bytes('fooocus') });
    expect(await first(jpeg([jpegExif(exif)]))).toMatchObject({
      generator: 'Fooocus',
      where: 'EXIF UserComment',
    });
    expect(await traces(png([pngText('parameters', json)]))).toEqual([]);
  });

  test('SwarmUI', async () => {
    const json = JSON.stringify({
      sui_image_params: { prompt: 'x', model: 'Flux/flux1-dev-fp8', swarm_version: '0.9' },
    });
    const expected = { generator: 'SwarmUI', model: 'Flux/flux1-dev-fp8' };
    expect(await first(png([pngText('parameters', json)]))).toMatchObject(expected);
    expect(await first(jpeg([jpegExif(userComment('UNICODE\0', utf16Bytes(json, true)))]))).toMatchObject(
      expected,
    );
  });

  test('Easy Diffusion', async () => {
    const settings = {
      use_stable_diffusion_model: 'sd-v1-4',
      num_inference_steps: '25',
      guidance_scale: '7.5',
      seed: '1',
    };
    const asTexts = png(Object.entries(settings).map(([key, value]) => pngText(key, value)));
    expect(await first(asTexts)).toMatchObject({ generator: 'Easy Diffusion', model: 'sd-v1-4' });
    const asJson = jpeg([jpegExif(userComment('ASCII\0\0\0', utf8Bytes(JSON.stringify(settings))))]);
    expect(await first(asJson)).toMatchObject({ generator: 'Easy Diffusion', where: 'EXIF UserComment' });
  });

  test('Draw Things', async () => {
    const settings =
      '{&quot;c&quot;:&quot;a&quot;,&quot;uc&quot;:&quot;&quot;,&quot;model&quot;:&quot;sd3.ckpt&quot;,&quot;sampler&quot;:&quot;Euler&quot;,&quot;steps&quot;:20,&quot;scale&quot;:4}';
    const inner = `<xmp:CreatorTool>Draw Things</xmp:CreatorTool><exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">${settings}</rdf:li></rdf:Alt></exif:UserComment>`;
    const file = png([pngInternationalText('XML:com.adobe.xmp', xmp('', inner))]);
    expect(await first(file)).toEqual({
      kind: 'generated',
      generator: 'Draw Things',
      where: 'XMP CreatorTool',
      weight: 2,
      model: 'sd3.ckpt',
    });
  });

  test('settings of diffusion models without a format of their own', async () => {
    const space = {
      prompt: 'x',
      negative_prompt: '',
      guidance_scale: 5,
      num_inference_steps: 24,
      seed: 1,
      Model: 'WAI',
    };
    expect(await first(png([pngText('parameters', JSON.stringify(space))]))).toEqual({
      kind: 'generated',
      generator: null,
      where: 'PNG text "parameters"',
      weight: 2,
      model: 'WAI',
    });
    const ruined = {
      Prompt: 'x',
      Negative: '',
      steps: 1,
      cfg: 8,
      seed: 1,
      sampler_name: 'a',
      software: 'RuinedFooocus',
    };
    expect(await first(png([pngText('parameters', JSON.stringify(ruined))]))).toMatchObject({
      generator: 'Fooocus',
    });
    expect(await traces(png([pngText('parameters', '{"prompt":"x","seed":1,"steps":3}')]))).toEqual([]);
  });

  test('mflux', async () => {
    const json = JSON.stringify({ mflux_version: '0.9', model: 'dev', seed: 1 });
    expect(await first(png([pngText('parameters', json)]))).toMatchObject({
      generator: 'mflux (FLUX)',
      model: 'dev',
    });
  });
});
