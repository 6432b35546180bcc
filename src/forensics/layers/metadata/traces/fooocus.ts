import { countMembers, parseObject, textMember } from '../json';
import { exifText, settingsTexts, textOf } from '../view';
import type { TraceDetector } from './trace';

/**
 * Fooocus: PNG texts `fooocus_scheme` and `parameters` (JSON, or the web UI's block with a Fooocus
 * version); in JPEG and WebP UserComment, with the scheme in MakerNote.
 */
export const fooocus: TraceDetector = {
  id: 'fooocus',
  find(view) {
    const scheme = textOf(view, 'fooocus_scheme')?.text ?? exifText(view, 'MakerNoteText');
    const hasScheme = scheme === 'fooocus' || scheme === 'a1111';
    for (const { text, where } of settingsTexts(view, 'parameters')) {
      const json = parseObject(text);
      const own =
        json !== null && countMembers(json, ['base_model', 'performance', 'sampler', 'seed', 'styles']) >= 3;
      const named = /\bFooocus v?\d/.test(text.slice(-20_000));
      if (!named && !(own && hasScheme)) continue;
      const model = json === null ? null : textMember(json, 'base_model');
      return { kind: 'generated', generator: 'Fooocus', where, weight: 2, ...(model ? { model } : {}) };
    }
    return null;
  },
};
