import { exifText } from '../view';
import type { TraceDetector } from './trace';

/**
 * FLUX reference code and API: EXIF Make `Black Forest Labs`, Model the model's name, Software
 * `AI generated;txt2img;flux`.
 */
export const flux: TraceDetector = {
  id: 'flux',
  find(view) {
    const byMake = /^Black Forest Labs$/i.test(exifText(view, 'Make') ?? '');
    const bySoftware = /^AI generated;\s?\w+;\s?flux/i.test(exifText(view, 'Software') ?? '');
    if (!byMake && !bySoftware) return null;
    const model = byMake ? exifText(view, 'Model') : null;
    const where = byMake ? 'EXIF Make' : 'EXIF Software';
    return { kind: 'generated', generator: 'FLUX', where, weight: 2, ...(model ? { model } : {}) };
  },
};
