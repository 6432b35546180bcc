import type { ForensicImage } from '../../image';
import type { ReducedLuma } from '../../pixels/reduced-luma';
import type { EvidenceMap, EvidenceMark, Region } from '../../report';
import { message } from '../../text';
import { CELL, type Copy } from './verify';

/** Cells of the map along the longer side, about. */
const MAP_SIDE = 128;
const LEAST_MAP_CELL = 4;
/** Copies drawn and told. */
export const MOST_COPIES = 4;
/** Pairs from which a copy's score is full. */
const FULL_PAIRS = 20;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Bounding boxes of a part and of its copy, in px of the image, cut to the image. */
export function boxes(image: ForensicImage, plane: ReducedLuma, copy: Copy): readonly [Box, Box] {
  const columns = Math.floor(plane.width / CELL);
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
  for (const cell of copy.cells) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    left = Math.min(left, column * CELL);
    right = Math.max(right, (column + 1) * CELL);
    top = Math.min(top, row * CELL);
    bottom = Math.max(bottom, (row + 1) * CELL);
  }
  const place = (dx: number, dy: number): Box => {
    const x = clamp(Math.round((plane.left + left + dx) * plane.scale), 0, image.width - 1);
    const y = clamp(Math.round((plane.top + top + dy) * plane.scale), 0, image.height - 1);
    const endX = clamp(Math.round((plane.left + right + dx) * plane.scale), x + 1, image.width);
    const endY = clamp(Math.round((plane.top + bottom + dy) * plane.scale), y + 1, image.height);
    return { x, y, width: endX - x, height: endY - y };
  };
  return [place(0, 0), place(copy.shift.dx, copy.shift.dy)];
}

/** Every matched part and its copy, lit: strength is the share of a full set of matched points. */
export function copyMap(image: ForensicImage, plane: ReducedLuma, copies: readonly Copy[]): EvidenceMap {
  const cell = Math.max(LEAST_MAP_CELL, Math.ceil(Math.max(image.width, image.height) / MAP_SIDE));
  const width = Math.ceil(image.width / cell);
  const height = Math.ceil(image.height / cell);
  const data = new Float32Array(width * height);
  const columns = Math.floor(plane.width / CELL);
  const light = (x: number, y: number, value: number) => {
    const from = { x: Math.floor((x * plane.scale) / cell), y: Math.floor((y * plane.scale) / cell) };
    const to = {
      x: Math.ceil(((x + CELL) * plane.scale) / cell),
      y: Math.ceil(((y + CELL) * plane.scale) / cell),
    };
    for (let row = Math.max(0, from.y); row < Math.min(height, to.y); row++) {
      for (let column = Math.max(0, from.x); column < Math.min(width, to.x); column++) {
        data[row * width + column] = Math.max(data[row * width + column] ?? 0, value);
      }
    }
  };
  for (const copy of copies) {
    const value = scoreOf(copy);
    for (const index of copy.cells) {
      const column = index % columns;
      const x = plane.left + column * CELL;
      const y = plane.top + ((index - column) / columns) * CELL;
      light(x, y, value);
      light(x + copy.shift.dx, y + copy.shift.dy, value);
    }
  }
  return { width, height, data, cell, shows: message('layers.pixel.map') };
}

export function copyRegions(
  image: ForensicImage,
  plane: ReducedLuma,
  copies: readonly Copy[],
): readonly Region[] {
  return copies.flatMap((copy) => boxes(image, plane, copy).map((box) => ({ ...box, score: scoreOf(copy) })));
}

/** A line from the middle of each part to the middle of its copy. */
export function copyMarks(
  image: ForensicImage,
  plane: ReducedLuma,
  copies: readonly Copy[],
): readonly EvidenceMark[] {
  const middle = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  return copies.map((copy) => {
    const [part, twin] = boxes(image, plane, copy);
    return {
      from: middle(part),
      to: middle(twin),
      kind: 'line',
      tone: 'odd',
      label: message('layers.pixel.mark'),
    };
  });
}

/** 0..1 */
function scoreOf({ pairs }: Copy): number {
  return Math.min(1, 0.5 + pairs / (2 * FULL_PAIRS));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
