import { resize } from '../dsp/resample';
import type { ForensicImage } from '../image';
import type { RgbaImage } from '../rgba';
import type { CropsView, ModelCard, ModelView, RegionsView, WholeView } from './card';

/** Where a square was cut, in pixels of the analysed image (not of the prepared one). */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A view's input: `count` squares in the card's layout and normalisation, one after the other. */
export interface ViewTensor {
  /** `count * 3 * size * size` values. */
  readonly data: Float32Array<ArrayBuffer>;
  readonly count: number;
  readonly size: number;
}

/** The picture that all views are cut from: alpha over white (the decoder's doing), shorter side capped. */
export function prepare(image: ForensicImage, prepare: ModelCard['prepare']): Promise<RgbaImage> {
  const shorter = Math.min(image.width, image.height);
  return image.scaledSoon(Math.min(shorter, prepare.maxShorterSide ?? shorter));
}

/** @param prepared from `prepare` */
export function viewTensor(prepared: RgbaImage, view: ModelView): ViewTensor {
  switch (view.kind) {
    case 'whole':
      return wholeTensor(prepared, view);
    case 'regions':
      return regionsTensor(prepared, view);
    case 'crops':
      return cropsTensor(prepared, view);
  }
}

function wholeTensor(prepared: RgbaImage, view: WholeView): ViewTensor {
  const { size } = view.input;
  const data = new Float32Array(3 * size * size);
  const square = centreSquare(prepared, size, view.kernel);
  writeSquare(square, 0, 0, view.input, data, 0);
  return { data, count: 1, size };
}

/** A strip longer than this many times its width is cut to its middle first: enlarged whole it could fill memory. */
const MAX_ASPECT = 16;

/** Shorter side to `size` (also enlarged, for small pictures), then the centre; halves round down. */
function centreSquare(whole: RgbaImage, size: number, kernel: WholeView['kernel']): RgbaImage {
  const longest = Math.min(whole.width, whole.height) * MAX_ASPECT;
  const image = cutCentre(whole, Math.min(whole.width, longest), Math.min(whole.height, longest));
  const shorter = Math.min(image.width, image.height);
  const width = image.width === shorter ? size : Math.max(size, Math.round((image.width * size) / shorter));
  const height =
    image.height === shorter ? size : Math.max(size, Math.round((image.height * size) / shorter));
  const same = width === image.width && height === image.height;
  return cutCentre(same ? image : resize(image, width, height, kernel), size, size);
}

function cutCentre(image: RgbaImage, width: number, height: number): RgbaImage {
  if (width === image.width && height === image.height) return image;
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  return cut(image, left, top, width, height);
}

function cut(image: RgbaImage, left: number, top: number, width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * image.width + left) * 4;
    data.set(image.data.subarray(from, from + width * 4), row * width * 4);
  }
  return { width, height, data };
}

function regionsTensor(prepared: RgbaImage, view: RegionsView): ViewTensor {
  const { size } = view.input;
  const side = Math.max(1, Math.round(Math.min(prepared.width, prepared.height) * view.share));
  const corners = view.cells.map((cell) => cornerOf(prepared, view.grid, side, cell));
  const each = 3 * size * size;
  const data = new Float32Array(corners.length * each);
  for (const [at, [x, y]] of corners.entries()) {
    const region = cut(prepared, x, y, side, side);
    const square = side === size ? region : resize(region, size, size, view.kernel);
    writeSquare(square, 0, 0, view.input, data, at * each);
  }
  return { data, count: corners.length, size };
}

function cropsTensor(prepared: RgbaImage, view: CropsView): ViewTensor {
  const { size } = view.input;
  const corners = view.cells.map((cell) => cornerOf(prepared, view.grid, size, cell));
  return { data: squaresTensor(prepared, view, corners), count: corners.length, size };
}

/** A square's first pixel in the prepared picture; before its edge where a side is shorter than the square. */
export type Corner = readonly [x: number, y: number];

/** Where the square of `side` px at a cell of a grid begins. */
export function cornerOf(prepared: RgbaImage, grid: number, side: number, [column, row]: Corner): Corner {
  const [x = 0, y = 0] = [
    gridOffsets(prepared.width, side, grid)[column],
    gridOffsets(prepared.height, side, grid)[row],
  ];
  return [x, y];
}

/** The part of a square that lies in the picture begins here. @param scale pixels of the analysed image to a prepared one */
export function placeOf(x: number, y: number, size: number, scale: number): Place {
  return { x: Math.max(0, x) * scale, y: Math.max(0, y) * scale, size: size * scale };
}

/** Squares at the prepared picture's own pixels, one after the other, in the view's layout and normalisation. */
export function squaresTensor(
  prepared: RgbaImage,
  { input }: CropsView,
  corners: readonly Corner[],
): Float32Array<ArrayBuffer> {
  const each = 3 * input.size * input.size;
  const data = new Float32Array(corners.length * each);
  for (const [at, [x, y]] of corners.entries()) writeSquare(prepared, x, y, input, data, at * each);
  return data;
}

/**
 * First pixel of each of `grid` squares that lie from edge to edge along a side of `length` pixels; one
 * square lies in the middle. Where the side is shorter than the square they all start before the edge by
 * half of what is missing, to be padded.
 */
export function gridOffsets(length: number, size: number, grid: number): number[] {
  const room = length - size;
  if (room <= 0 || grid === 1) return new Array(grid).fill(Math.floor(room / 2));
  return Array.from({ length: grid }, (_, at) => Math.round((at * room) / (grid - 1)));
}

/** Index of a pixel outside 0..length-1, mirrored at the edge pixels (which are not repeated), as often as needed. */
export function reflect(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((at % period) + period) % period;
  return within < length ? within : period - within;
}

/** Writes one normalised square, reflecting what lies outside the picture. */
function writeSquare(
  image: RgbaImage,
  left: number,
  top: number,
  input: ModelView['input'],
  target: Float32Array,
  offset: number,
): void {
  const { size, layout, mean, std } = input;
  const pixelStep = layout === 'nchw' ? 1 : 3;
  const channelStep = layout === 'nchw' ? size * size : 1;
  const columns = Int32Array.from({ length: size }, (_, x) => reflect(left + x, image.width) * 4);
  for (let channel = 0; channel < 3; channel++) {
    const normalised = normalisedBytes(mean[channel] ?? 0, std[channel] ?? 1);
    for (let y = 0; y < size; y++) {
      const row = reflect(top + y, image.height) * image.width * 4 + channel;
      const to = offset + channel * channelStep + y * size * pixelStep;
      writeRow(image.data, row, columns, normalised, target, to, pixelStep);
    }
  }
}

/** What each byte becomes. */
function normalisedBytes(mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte - mean) / std);
}

function writeRow(
  data: Uint8ClampedArray,
  row: number,
  columns: Int32Array,
  normalised: Float32Array,
  target: Float32Array,
  to: number,
  step: number,
): void {
  for (let x = 0, at = to; x < columns.length; x++, at += step) {
    target[at] = normalised[data[row + (columns[x] ?? 0)] ?? 0] ?? 0;
  }
}
