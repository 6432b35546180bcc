import { IPTC } from '../iptc';
import { xmpValues } from '../view';
import type { TraceDetector } from './trace';

/** Google's Gemini and Imagen credit `Made with Google AI`; Photos and Pixel Studio `Edited with Google AI`. */
export const googleAi: TraceDetector = {
  id: 'google-ai',
  find(view) {
    const iptc = view.iptc.get(IPTC.credit);
    const credits = [
      ...xmpValues(view, 'photoshop:Credit').map((text) => ({ text, where: 'XMP Credit' })),
      ...(iptc === undefined ? [] : [{ text: iptc, where: 'IPTC Credit' }]),
    ];
    for (const { text, where } of credits) {
      if (/^(?:made|created|generated) with google ai\b/i.test(text)) {
        return { kind: 'generated', generator: 'Google AI', where, weight: 2 };
      }
      if (/^edited with google ai\b/i.test(text))
        return { kind: 'composite', generator: 'Google AI', where, weight: 2 };
    }
    return null;
  },
};
