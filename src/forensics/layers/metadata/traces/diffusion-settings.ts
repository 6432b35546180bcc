import { countMembers, type JsonObject, parseObject, textMember } from '../json';
import { settingsTexts } from '../view';
import { knownGenerator } from './known-generators';
import type { TraceDetector } from './trace';

/** What image diffusion models are told and nothing else is, in the spellings of diffusers and of web front ends. */
const SETTINGS: readonly (readonly string[])[] = [
  ['negative_prompt', 'Negative', 'negative'],
  ['guidance_scale', 'cfg', 'cfg_scale'],
  ['num_inference_steps', 'steps'],
  ['sampler', 'sampler_name', 'scheduler'],
  ['seed'],
];

/**
 * Front ends without a format of their own (Hugging Face Spaces, RuinedFooocus and many scripts) save
 * their settings as one JSON object: a prompt and at least four kinds of diffusion settings.
 */
export const diffusionSettings: TraceDetector = {
  id: 'diffusion-settings',
  find(view) {
    for (const { text, where } of settingsTexts(view, 'parameters')) {
      const json = parseObject(text);
      if (json === null || countMembers(json, ['prompt', 'Prompt']) === 0) continue;
      if (SETTINGS.filter((spellings) => countMembers(json, spellings) > 0).length < 4) continue;
      const model =
        textMember(json, 'Model') ?? textMember(json, 'base_model_name') ?? textMember(json, 'model');
      return { kind: 'generated', generator: makerOf(json), where, weight: 2, ...(model ? { model } : {}) };
    }
    return null;
  },
};

function makerOf(json: JsonObject): string | null {
  const software = textMember(json, 'software');
  return software === null ? null : (knownGenerator(software) ?? software.slice(0, 60));
}
