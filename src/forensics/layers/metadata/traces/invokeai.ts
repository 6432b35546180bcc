import { countMembers, isObject, parseObject, textMember } from '../json';
import { textOf } from '../view';
import type { Trace, TraceDetector } from './trace';

/**
 * InvokeAI in its three ages: `invokeai_metadata` JSON (3 and later), `sd-metadata` JSON (2), and the
 * `Dream` command line (1).
 */
export const invokeai: TraceDetector = {
  id: 'invokeai',
  find(view) {
    const trace = (keyword: string, model: string | null): Trace => ({
      kind: 'generated',
      generator: 'InvokeAI',
      where: `PNG text "${keyword}"`,
      weight: 2,
      ...(model ? { model } : {}),
    });
    const current = parseObject(textOf(view, 'invokeai_metadata')?.text ?? null);
    if (
      current &&
      countMembers(current, ['seed', 'steps', 'positive_prompt', 'model', 'app_version', 'scheduler']) >= 2
    ) {
      const model = isObject(current.model) ? current.model : {};
      return trace('invokeai_metadata', textMember(model, 'name') ?? textMember(model, 'model_name'));
    }
    const second = parseObject(textOf(view, 'sd-metadata')?.text ?? null);
    if (
      second &&
      isObject(second.image) &&
      countMembers(second, ['model', 'model_weights', 'model_hash', 'app_id']) >= 1
    ) {
      return trace('sd-metadata', textMember(second, 'model_weights') ?? textMember(second, 'model'));
    }
    const dream = textOf(view, 'Dream')?.text ?? '';
    const flags = dream.match(/ -(?:s|S|W|H|C|A) ?[\w.]+/g) ?? [];
    return new Set(flags.map((flag) => flag.slice(0, 3))).size >= 3 ? trace('Dream', null) : null;
  },
};
