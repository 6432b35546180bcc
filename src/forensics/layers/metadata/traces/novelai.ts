import { countMembers, parseObject } from '../json';
import { exifText, textOf } from '../view';
import type { TraceDetector } from './trace';

/**
 * NovelAI: PNG texts `Software: NovelAI`, `Source: NovelAI Diffusion ...`, and settings as JSON in
 * `Comment`. Either the name or the settings with their own member `uc` must be there.
 */
export const novelai: TraceDetector = {
  id: 'novelai',
  find(view) {
    const software = textOf(view, 'Software')?.text ?? exifText(view, 'Software') ?? '';
    const source = textOf(view, 'Source')?.text ?? '';
    const settings = parseObject(textOf(view, 'Comment')?.text ?? null);
    const named = software.trim() === 'NovelAI' || /^(NovelAI|Stable Diffusion [0-9A-F]{8})/.test(source);
    const known = settings !== null && countMembers(settings, ['steps', 'sampler', 'seed', 'scale']) >= 3;
    if (software.trim() !== 'NovelAI' && !(known && named) && !(known && 'uc' in settings)) return null;
    const where = known
      ? 'PNG text "Comment"'
      : software.trim() === 'NovelAI'
        ? 'Software'
        : 'PNG text "Source"';
    return {
      kind: 'generated',
      generator: 'NovelAI',
      where,
      weight: 2,
      ...(source ? { model: source } : {}),
    };
  },
};
