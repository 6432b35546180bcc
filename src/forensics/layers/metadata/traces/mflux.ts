import { parseObject, textMember } from '../json';
import { settingsTexts, xmpValues } from '../view';
import type { TraceDetector } from './trace';

/** mflux (FLUX on Apple machines): settings as JSON with `mflux_version` in UserComment or XMP. */
export const mflux: TraceDetector = {
  id: 'mflux',
  find(view) {
    const placed = [
      ...settingsTexts(view, 'parameters'),
      ...xmpValues(view, 'exif:UserComment').map((text) => ({ text, where: 'XMP UserComment' })),
    ];
    for (const { text, where } of placed) {
      const json = parseObject(text);
      if (json === null || textMember(json, 'mflux_version') === null) continue;
      const model = textMember(json, 'model') ?? textMember(json, 'base_model');
      return { kind: 'generated', generator: 'mflux (FLUX)', where, weight: 2, ...(model ? { model } : {}) };
    }
    return null;
  },
};
