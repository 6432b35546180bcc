import { describe, expect, test } from 'vitest';
import {
  jpeg,
  jpegExif,
  png,
  pngText,
  riffChunk,
  tiff,
  utf16Bytes,
  webp,
} from '../../../containers/hand-made';
import { COMFY_PROMPT, COMFY_WORKFLOW, first, traces, userComment } from './traces.fixture';

describe('ComfyUI', () => {
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
});
