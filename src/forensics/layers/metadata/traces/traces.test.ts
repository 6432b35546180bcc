import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readContainer } from '../../../containers';
import {
  bytes,
  jpeg,
  jpegExif,
  jpegIptc,
  jpegXmp,
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
import { decodeExif } from '../exif-decoder';
import { metadataView } from '../view';
import { findTraces, TRACE_DETECTORS, type Trace } from '.';

async function traces(file: Uint8Array): Promise<Trace[]> {
  const container = readContainer(file);
  const exif = container.exif ? await decodeExif(container.exif) : {};
  return findTraces(metadataView(container, exif).view);
}

async function first(file: Uint8Array): Promise<Trace | undefined> {
  return (await traces(file))[0];
}

const A1111 = [
  'a lighthouse in a storm',
  'Negative prompt: blurry',
  'Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1234, Size: 512x512, Model hash: abc, Model: dreamshaper_8, Version: v1.6.0',
].join('\n');

const COMFY_PROMPT = {
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd_xl_base_1.0.safetensors' } },
  '3': { class_type: 'KSampler', inputs: { seed: 1, model: ['4', 0] } },
};
const COMFY_WORKFLOW = {
  nodes: [{ id: 4, type: 'CheckpointLoaderSimple', widgets_values: ['v1-5.ckpt'] }],
  links: [],
  version: 0.4,
};

/** UserComment with a character code, as a TIFF block. */
function userComment(
  code: 'UNICODE\0' | 'ASCII\0\0\0',
  text: Uint8Array,
  more: Record<number, string> = {},
): Uint8Array {
  return tiff(more, { 37510: bytes(code, text) });
}

function xmp(attributes: string, inner = ''): string {
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" ${attributes}>${inner}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
}

const withXmp = (attributes: string, inner = '') => jpeg([jpegXmp(xmp(attributes, inner))]);
const TRAINED = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

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
    ['prompt', png([pngText('prompt', JSON.stringify(COMFY_PROMPT))]), 'sd_xl_base_1.0.safetensors'],
    ['workflow', png([pngText('workflow', JSON.stringify(COMFY_WORKFLOW))]), 'v1-5.ckpt'],
    [
      'a graph with NaN, as Python writes it',
      png([
        pngText(
          'prompt',
          '{"1":{"class_type":"UNETLoader","inputs":{"unet_name":"flux1"},"is_changed":[NaN]}}',
        ),
      ]),
      'flux1',
    ],
    [
      'WebP with EXIF Model',
      webp([riffChunk('EXIF', tiff({ 272: `prompt:${JSON.stringify(COMFY_PROMPT)}` }))]),
      'sd_xl_base_1.0.safetensors',
    ],
    [
      'WebP with EXIF ImageDescription',
      webp([riffChunk('EXIF', tiff({ 270: `Workflow:${JSON.stringify(COMFY_WORKFLOW)}` }))]),
      'v1-5.ckpt',
    ],
  ])('ComfyUI: %s', async (_, file, model) => {
    expect(await first(file)).toMatchObject({ kind: 'generated', generator: 'ComfyUI', weight: 2, model });
  });

  test.each([
    ['a sentence', 'a castle on a hill'],
    ['JSON that is no graph', '{"a":1}'],
    ['an empty graph', '{}'],
    ['one node of many without a class', '{"1":{"class_type":"A","inputs":{}},"2":{"inputs":{}}}'],
    ['a list', '[{"class_type":"A","inputs":{}}]'],
  ])('PNG text "prompt" holding %s is not ComfyUI', async (_, text) => {
    expect(await traces(png([pngText('prompt', text)]))).toEqual([]);
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

  test('Civitai: the graph in UserComment with members of its own beside the nodes', async () => {
    const graph = JSON.stringify({ ...COMFY_PROMPT, extra: { airs: [] }, extraMetadata: '{}' });
    const file = jpeg([jpegExif(userComment('UNICODE\0', utf16Bytes(graph, false)))]);
    expect(await first(file)).toMatchObject({ generator: 'ComfyUI', where: 'EXIF UserComment' });
  });

  test('a save node that puts both graphs into a UserComment in the wrong directory', async () => {
    const both = JSON.stringify({ prompt: COMFY_PROMPT, workflow: COMFY_WORKFLOW });
    const file = jpeg([jpegExif(tiff({ 37510: both }))]);
    expect(await first(file)).toMatchObject({ generator: 'ComfyUI', model: 'sd_xl_base_1.0.safetensors' });
  });

  test('an upscaler is not named as the model where a checkpoint is', async () => {
    const graph = {
      '1': { class_type: 'UpscaleModelLoader', inputs: { model_name: 'ESRGAN' } },
      ...COMFY_PROMPT,
    };
    expect((await first(png([pngText('prompt', JSON.stringify(graph))])))?.model).toBe(
      'sd_xl_base_1.0.safetensors',
    );
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

describe('IPTC Digital Source Type', () => {
  test.each([
    ['attribute', withXmp(`Iptc4xmpExt:DigitalSourceType="${TRAINED}"`)],
    ['element', withXmp('', `<Iptc4xmpExt:DigitalSourceType>${TRAINED}</Iptc4xmpExt:DigitalSourceType>`)],
    ['rdf:resource', withXmp('', `<Iptc4xmpExt:DigitalSourceType rdf:resource="${TRAINED}"/>`)],
    ['https address', withXmp(`Iptc4xmpExt:DigitalSourceType="${TRAINED.replace('http:', 'https:')}"`)],
    ['bare word', withXmp('Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"')],
    [
      'another prefix for the same namespace',
      withXmp(`xmlns:q="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" q:DigitalSourceType="${TRAINED}"`),
    ],
  ])('as %s', async (_, file) => {
    expect(await traces(file)).toEqual([
      { kind: 'generated', generator: null, where: 'IPTC DigitalSourceType', weight: 0 },
    ]);
  });

  test.each([
    ['compositeWithTrainedAlgorithmicMedia', 'composite'],
    ['compositeSynthetic', 'composite'],
    ['algorithmicMedia', 'synthetic'],
  ])('%s is %s', async (type, kind) => {
    expect(
      await first(
        withXmp(`Iptc4xmpExt:DigitalSourceType="${TRAINED.replace('trainedAlgorithmicMedia', type)}"`),
      ),
    ).toMatchObject({ kind });
  });

  test.each(['digitalCapture', 'digitalArt', 'constructor', '__proto__', ''])(
    '%s is no trace',
    async (type) => {
      expect(await traces(withXmp(`Iptc4xmpExt:DigitalSourceType="${type}"`))).toEqual([]);
    },
  );

  test('the same words in another namespace, in a comment or in plain text are not the property', async () => {
    expect(await traces(withXmp(`xmlns:q="http://example.com/" q:DigitalSourceType="${TRAINED}"`))).toEqual(
      [],
    );
    expect(await traces(withXmp('', `<!-- Iptc4xmpExt:DigitalSourceType="${TRAINED}" -->`))).toEqual([]);
    expect(await traces(withXmp(`dc:rights="no ${TRAINED} please"`))).toEqual([]);
  });

  test('"in part" overrules a bare name elsewhere', async () => {
    const file = withXmp(
      `Iptc4xmpExt:DigitalSourceType="compositeWithTrainedAlgorithmicMedia" photoshop:Credit="Adobe Firefly"`,
    );
    expect((await traces(file)).map(({ kind, generator }) => ({ kind, generator }))).toEqual([
      { kind: 'composite', generator: 'Adobe Firefly' },
      { kind: 'composite', generator: null },
    ]);
  });
});

test('every detector file is registered once', () => {
  const helpers = new Set(['index.ts', 'trace.ts', 'known-generators.ts', 'traces.test.ts']);
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => !helpers.has(name));
  expect(TRACE_DETECTORS.map((detector) => `${detector.id}.ts`).sort()).toEqual(files.sort());
});
