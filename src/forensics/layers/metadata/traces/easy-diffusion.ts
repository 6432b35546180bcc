import { countMembers, parseObject, textMember } from '../json';
import { settingsTexts, textOf } from '../view';
import type { TraceDetector } from './trace';

/** Names that Easy Diffusion gives its settings; the first is its own and no other program's. */
const OWN = 'use_stable_diffusion_model';
const OTHERS = ['num_inference_steps', 'guidance_scale', 'seed', 'sampler_name', 'prompt'];

/** Easy Diffusion: one PNG text a setting, or all of them as JSON in EXIF UserComment. */
export const easyDiffusion: TraceDetector = {
  id: 'easy-diffusion',
  find(view) {
    const own = textOf(view, OWN);
    if (own && OTHERS.filter((name) => textOf(view, name) !== null).length >= 2) {
      return {
        kind: 'generated',
        generator: 'Easy Diffusion',
        where: `PNG text "${OWN}"`,
        weight: 2,
        model: own.text,
      };
    }
    for (const { text, where } of settingsTexts(view, 'parameters')) {
      const json = parseObject(text);
      if (json === null || countMembers(json, OTHERS) < 2) continue;
      const model = textMember(json, OWN);
      if (model) return { kind: 'generated', generator: 'Easy Diffusion', where, weight: 2, model };
    }
    return null;
  },
};
