import { isObject, parseObject, textMember } from '../json';
import { settingsTexts } from '../view';
import type { TraceDetector } from './trace';

/** SwarmUI: JSON with `sui_image_params`, in PNG text `parameters` or EXIF UserComment. */
export const swarmui: TraceDetector = {
  id: 'swarmui',
  find(view) {
    for (const { text, where } of settingsTexts(view, 'parameters')) {
      const parameters = parseObject(text)?.sui_image_params;
      if (!isObject(parameters) || !('prompt' in parameters)) continue;
      const model = textMember(parameters, 'model');
      return { kind: 'generated', generator: 'SwarmUI', where, weight: 2, ...(model ? { model } : {}) };
    }
    return null;
  },
};
