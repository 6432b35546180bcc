import { settingsTexts } from '../view';
import type { TraceDetector } from './trace';

/** At least these three stand in the last line of every settings block; one alone is an ordinary word. */
const SETTINGS = [
  /(?:^|\n|, )Steps: \d+/,
  /, Sampler: [^,\n]+|(?:^|\n)Sampler: /,
  /, Seed: -?\d+/,
  /, CFG scale: [\d.]+/i,
];

/**
 * Stable Diffusion web UI (AUTOMATIC1111) and its forks Forge, reForge and SD.Next, and the sites
 * that write the same block (Civitai): prompt, `Negative prompt:`, then `Steps: 20, Sampler: ...`.
 * In PNG as text `parameters`, in JPEG and WebP as EXIF UserComment.
 */
export const stableDiffusion: TraceDetector = {
  id: 'stable-diffusion',
  find(view) {
    for (const { text, where } of settingsTexts(view, 'parameters')) {
      const tail = text.slice(-20_000);
      if (SETTINGS.filter((pattern) => pattern.test(tail)).length < 3) continue;
      // Fooocus can write this form too and says so in the version.
      if (/, Version: Fooocus/i.test(tail)) continue;
      const model = /, Model: ([^,\n]{1,200})/.exec(tail)?.[1];
      return {
        kind: 'generated',
        generator: 'Stable Diffusion',
        where,
        weight: 2,
        ...(model ? { model } : {}),
      };
    }
    return null;
  },
};
