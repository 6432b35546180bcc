import { exifText } from '../view';
import type { TraceDetector } from './trace';

/**
 * Grok (xAI) writes a signature into EXIF ImageDescription and an identifier into Artist. Neither
 * word alone is enough: people sign their pictures too.
 */
export const grok: TraceDetector = {
  id: 'grok',
  find(view) {
    const description = exifText(view, 'ImageDescription') ?? '';
    const artist = exifText(view, 'Artist') ?? '';
    const signed = /^Signature: ?[A-Za-z0-9+/=_-]{40,}$/.test(description);
    const identified = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(artist);
    return signed && identified
      ? { kind: 'generated', generator: 'Grok', where: 'EXIF ImageDescription', weight: 2 }
      : null;
  },
};
