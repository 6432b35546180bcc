import type { EvidenceMark, Region } from '../forensics/report';
import { arrowBacks } from './arrow';
import { words } from './text';

interface OverlayMarksProps {
  readonly regions: readonly Region[];
  readonly marks: readonly EvidenceMark[];
  /** Size of the analysed image, in whose pixels both are given. */
  readonly width: number;
  readonly height: number;
  /** CSS pixels that one pixel of the image takes: lines keep their thickness, heads their size. */
  readonly scale: number;
  /** Whether several outlines bear their numbers, counted from 1; they do where left out. */
  readonly numbered?: boolean;
}

/** Outlines, lines and arrows over the image. */
export function OverlayMarks({ regions, marks, width, height, scale, numbered = true }: OverlayMarksProps) {
  if (regions.length === 0 && marks.length === 0) return null;
  return (
    <svg
      class="evidence-marks"
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      // One pixel of the screen, in pixels of the image.
      style={{ '--px': `${1 / scale}px` }}
    >
      {regions.map(({ x, y, width: across, height: down }, index) => (
        <g key={`${x} ${y} ${across} ${down}`}>
          <rect x={x} y={y} width={across} height={down} />
          {numbered && regions.length > 1 && (
            <text x={x + 4 / scale} y={y + 15 / scale} font-size={14 / scale}>
              {index + 1}
            </text>
          )}
        </g>
      ))}
      {marks.map(({ from, to, kind, tone, label }) => (
        <g key={`${from.x} ${from.y} ${to.x} ${to.y}`} data-tone={tone}>
          <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
          {kind === 'arrow' && <path d={arrowHead(from, to, 12 / scale)} />}
          <title>{words(label)}</title>
        </g>
      ))}
    </svg>
  );
}

function arrowHead(from: EvidenceMark['from'], to: EvidenceMark['to'], length: number): string {
  const [one, other] = arrowBacks(from, to, length);
  return `M${one.x} ${one.y}L${to.x} ${to.y}L${other.x} ${other.y}`;
}
