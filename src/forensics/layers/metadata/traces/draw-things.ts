import { countMembers, parseObject, textMember } from '../json';
import { exifText, xmpValues } from '../view';
import type { TraceDetector } from './trace';

/** Draw Things: XMP `CreatorTool` with its name, and settings as JSON in XMP or EXIF UserComment. */
export const drawThings: TraceDetector = {
  id: 'draw-things',
  find(view) {
    const named = xmpValues(view, 'xmp:CreatorTool').some((tool) => /^Draw Things\b/.test(tool));
    const comments = [...xmpValues(view, 'exif:UserComment'), exifText(view, 'UserComment') ?? ''];
    const settings = comments
      .map(parseObject)
      .find(
        (json) => json !== null && countMembers(json, ['c', 'uc', 'model', 'sampler', 'steps', 'scale']) >= 5,
      );
    if (!named && !settings) return null;
    const model = settings ? textMember(settings, 'model') : null;
    const where = named ? 'XMP CreatorTool' : 'UserComment';
    return { kind: 'generated', generator: 'Draw Things', where, weight: 2, ...(model ? { model } : {}) };
  },
};
