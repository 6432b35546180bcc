import { u8, u16be } from '../containers/bytes';
import type { Container } from '../containers/container';

/** How a JPEG's frame header says the picture is stored (ITU-T T.81, B.2.2). */
export interface JpegFrame {
  /** 0 baseline, 1 extended sequential, 2 progressive; 9 and 10 the same with arithmetic coding. */
  readonly process: number;
  /** Bits a sample: 8 everywhere but in medicine. */
  readonly precision: number;
  /** As stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly components: readonly {
    readonly id: number;
    /** Samples across and down, relative to the other components: 1..4. */
    readonly across: number;
    readonly down: number;
    /** Id of its quantisation table. */
    readonly table: number;
  }[];
  /** How the three components are to be read: `ycc` (JFIF's), `rgb`, or `other` (one, two or four components). */
  readonly colour: 'grey' | 'ycc' | 'rgb' | 'other';
}

/** The first frame header of a JPEG, or null where there is none that makes sense. */
export function readFrame(container: Container): JpegFrame | null {
  const header = container.segments.find((segment) => /^SOF\d+$/.test(segment.type));
  if (!header) return null;
  const { payload, type } = header;
  const count = u8(payload, 5);
  if (count < 1 || count > 4 || payload.length < 6 + 3 * count) return null;
  const components = Array.from({ length: count }, (_, at) => {
    const from = 6 + 3 * at;
    const sampling = u8(payload, from + 1);
    return {
      id: u8(payload, from),
      across: sampling >> 4,
      down: sampling & 15,
      table: u8(payload, from + 2),
    };
  });
  if (components.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) return null;
  return {
    process: Number(type.slice(3)),
    precision: u8(payload, 0),
    width: u16be(payload, 3),
    height: u16be(payload, 1),
    components,
    colour: colourOf(container, components),
  };
}

/** The rule of libjpeg: JFIF means YCbCr, an Adobe segment says it by its transform, else the ids tell. */
function colourOf(container: Container, components: JpegFrame['components']): JpegFrame['colour'] {
  if (components.length === 1) return 'grey';
  if (components.length !== 3) return 'other';
  if (container.segments.some(({ type, payload }) => type === 'APP0' && startsWithText(payload, 'JFIF\0'))) {
    return 'ycc';
  }
  const transform = adobeTransform(container);
  if (transform !== null) return transform === 0 ? 'rgb' : 'ycc';
  return components.map(({ id }) => String.fromCharCode(id)).join('') === 'RGB' ? 'rgb' : 'ycc';
}

/** Colour transform of the Adobe segment (0 none, 1 YCbCr, 2 YCCK), or null where there is no such segment. */
export function adobeTransform(container: Container): number | null {
  const adobe = container.segments.find(
    ({ type, payload }) => type === 'APP14' && payload.length >= 12 && startsWithText(payload, 'Adobe'),
  );
  return adobe ? u8(adobe.payload, 11) : null;
}

export function startsWithText(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= text.length && [...text].every((letter, at) => bytes[at] === letter.charCodeAt(0));
}

/**
 * Subsampling of the chroma as people write it: `4:4:4`, `4:2:2`, `4:2:0`, `4:4:0`, `4:1:1`, `4:1:0`; null for
 * anything else, and for pictures without chroma.
 */
export function subsampling({ components }: JpegFrame): string | null {
  const [luma, first, second] = components;
  if (!luma || !first || !second || components.length !== 3) return null;
  if (first.across !== second.across || first.down !== second.down) return null;
  const key = `${luma.across / first.across}x${luma.down / first.down}`;
  const names: Readonly<Record<string, string>> = {
    '1x1': '4:4:4',
    '2x1': '4:2:2',
    '2x2': '4:2:0',
    '1x2': '4:4:0',
    '4x1': '4:1:1',
    '4x2': '4:1:0',
  };
  return names[key] ?? null;
}
