import { IPTC } from '../iptc';
import { exifText, type MetadataView, type Placed, textOf, whereText, xmpValues } from '../view';
import type { TraceDetector } from './trace';

const JOB_ID = /\bJob ID: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;
/** Prompt parameters of Midjourney's own language; two of them do not meet by chance. */
const FLAGS = /(?:^|\s)--(?:v|ar|niji|stylize|s|chaos|q|style|seed|profile|sref|cref|iw|weird|tile|raw)\b/g;

/** Midjourney: the prompt with `Job ID:` and flags such as `--v 6.0` in a description field. */
export const midjourney: TraceDetector = {
  id: 'midjourney',
  find(view) {
    for (const { text, where } of descriptions(view)) {
      const flags = new Set(
        text
          .slice(0, 20_000)
          .match(FLAGS)
          ?.map((flag) => flag.trim()) ?? [],
      );
      if (!JOB_ID.test(text) && !(flags.size >= 2 && /--(?:v|niji) \d/.test(text))) continue;
      const version = /--(v|niji) (\d{1,2}(?:\.\d)?)/.exec(text);
      const model = version ? `${version[1] === 'niji' ? 'niji' : 'v'} ${version[2]}` : null;
      return { kind: 'generated', generator: 'Midjourney', where, weight: 2, ...(model ? { model } : {}) };
    }
    return null;
  },
};

function descriptions(view: MetadataView): Placed[] {
  const entry = textOf(view, 'Description') ?? textOf(view, 'comment');
  const placed: (Placed | null)[] = [
    entry ? { text: entry.text, where: whereText(entry) } : null,
    placedText(exifText(view, 'ImageDescription'), 'EXIF ImageDescription'),
    placedText(view.iptc.get(IPTC.caption) ?? null, 'IPTC Caption'),
    ...xmpValues(view, 'dc:description').map((text) => ({ text, where: 'XMP description' })),
  ];
  return placed.filter((candidate) => candidate !== null);
}

function placedText(text: string | null, where: string): Placed | null {
  return text === null ? null : { text, where };
}
