import { type MetadataView, xmpValues } from '../view';
import type { TraceDetector, TraceKind } from './trace';

/** IPTC Digital Source Type vocabulary (cv.iptc.org/newscodes/digitalsourcetype), as far as it speaks of synthesis. */
const KINDS: Readonly<Record<string, TraceKind>> = {
  trainedAlgorithmicMedia: 'generated',
  compositeWithTrainedAlgorithmicMedia: 'composite',
  compositeSynthetic: 'composite',
  algorithmicMedia: 'synthetic',
};

/** The vocabulary's last path part of every value, as written: attribute, element or `rdf:resource`. */
export function digitalSourceTypes(view: MetadataView): string[] {
  return xmpValues(view, 'Iptc4xmpExt:DigitalSourceType').map((value) => value.split(/[/:]/).at(-1) ?? '');
}

/** What an IPTC source type says, or null where it speaks of a camera, a scan or a person's work. */
export function sourceTypeKind(type: string): TraceKind | null {
  return Object.hasOwn(KINDS, type) ? (KINDS[type] ?? null) : null;
}

export const digitalSourceType: TraceDetector = {
  id: 'digital-source-type',
  find(view) {
    const kinds = digitalSourceTypes(view).map(sourceTypeKind);
    for (const kind of ['generated', 'composite', 'synthetic'] as const) {
      if (kinds.includes(kind)) return { kind, generator: null, where: 'IPTC DigitalSourceType', weight: 0 };
    }
    return null;
  },
};
