import { IPTC } from '../iptc';
import { exifText, type MetadataView, type Placed, textOf, whereText, xmpValues } from '../view';
import { knownGenerator } from './known-generators';
import type { TraceDetector } from './trace';

/** `Created with GIMP`: the comment that programs leave where they have no field for their name. */
const MADE_WITH = /^(?:created|made|generated|edited|produced) (?:with|by|using|in) /i;

/** Fields that hold the name of the program, and the credit line that news agencies read. */
export function softwareFields(view: MetadataView): Placed[] {
  const fields: (readonly [string | null | undefined, string])[] = [
    [exifText(view, 'Software'), 'EXIF Software'],
    [exifText(view, 'ProcessingSoftware'), 'EXIF ProcessingSoftware'],
    [textOf(view, 'Software')?.text, 'PNG text "Software"'],
    [view.iptc.get(IPTC.program), 'IPTC Program'],
    ...xmpValues(view, 'xmp:CreatorTool').map((text) => [text, 'XMP CreatorTool'] as const),
    ...xmpValues(view, 'stEvt:softwareAgent').map((text) => [text, 'XMP History'] as const),
    ...view.texts
      .filter((entry) => /^comment$/i.test(entry.keyword) && MADE_WITH.test(entry.text))
      .map((entry) => [entry.text.slice(0, 200), whereText(entry)] as const),
  ];
  return fields.flatMap(([text, where]) => (text ? [{ text, where }] : []));
}

/** A generator's name in a field for the program's name, the credit, or the maker. */
export const software: TraceDetector = {
  id: 'software',
  find(view) {
    const makers: Placed[] = [
      ...softwareFields(view),
      { text: textOf(view, 'Source')?.text ?? '', where: 'PNG text "Source"' },
      ...xmpValues(view, 'Iptc4xmpExt:AISystemUsed').map((text) => ({ text, where: 'IPTC AISystemUsed' })),
      ...xmpValues(view, 'photoshop:Credit').map((text) => ({ text, where: 'XMP Credit' })),
      { text: exifText(view, 'Make') ?? '', where: 'EXIF Make' },
      { text: view.iptc.get(IPTC.credit) ?? '', where: 'IPTC Credit' },
    ];
    for (const { text, where } of makers) {
      const generator = knownGenerator(text);
      if (generator === null) continue;
      // A step of an editing history, and a credit for editing, speak of a part of the picture.
      const part = where === 'XMP History' || /^(?:edited|enhanced|modified)\b/i.test(text);
      return { kind: part ? 'composite' : 'generated', generator, where, weight: 1 };
    }
    return null;
  },
};
