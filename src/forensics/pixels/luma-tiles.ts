import { asWords } from '../dsp/resample';
import type { LumaTile, PixelSource, Rect } from '../image';
import type { RgbaImage } from '../rgba';
import { rawAll } from './source';
import { lumaOfWords, rgbaOfWords } from './words';

/** Places looked at before choosing: enough for a spread, few enough to stay at some milliseconds. */
const MAX_CANDIDATES = 64;
/** Side of the patch in a candidate's middle by which its activity is judged, in px. */
const PROBE_SIDE = 64;

/** Luma by Rec. 601 (as JPEG uses it), 0..255, of RGBA pixels. */
export function toLuma(image: RgbaImage): Float32Array {
  const luma = new Float32Array(image.width * image.height);
  lumaOfWords(asWords(image.data), 'rgb', luma);
  return luma;
}

/**
 * Up to `count` tiles that do not overlap, evenly taken from the flattest to the busiest, so that neither
 * a blank sky nor one textured corner speaks for the whole picture. Deterministic. Empty where the image
 * is smaller than a tile.
 */
export function chooseLumaTiles(source: PixelSource, size: number, count: number): readonly ColourTile[] {
  const places = candidatesOf(source, size);
  const chosen = places.length <= count ? places : spread(ranked(source, places), count);
  return chosen.map((place) => {
    place.tile ??= readTile(source, place);
    return place.tile;
  });
}

/**
 * Reads what `chooseLumaTiles` would answer past the canvas, in a tenth of the time, and keeps it for there.
 * @returns the same tiles
 */
export async function readLumaTiles(
  source: PixelSource,
  size: number,
  count: number,
): Promise<readonly ColourTile[]> {
  const places = candidatesOf(source, size);
  if (places.length > count) {
    const unknown = places.filter(({ activity }) => activity === null);
    const luma = new Float32Array(Math.min(PROBE_SIDE, size) ** 2);
    const probes = new Int32Array(unknown.length * luma.length);
    const order = await rawAll(source, unknown.map(probeOf), probes);
    for (const [at, place] of unknown.entries()) {
      lumaOfWords(probes, order, luma, at * luma.length);
      place.activity ??= activityOf(luma);
    }
  }
  const chosen = places.length <= count ? places : spread(ranked(source, places), count);
  await Promise.all(
    chosen.map(async (place) => {
      const tile = place.tile ?? (await readTileAhead(source, place));
      place.tile ??= tile;
    }),
  );
  return chooseLumaTiles(source, size, count);
}

async function readTileAhead(source: PixelSource, { x, y, width, height }: Rect): Promise<ColourTile> {
  const words = new Int32Array(width * height);
  const order = await source.raw({ x, y, width, height }, words);
  const data = new Float32Array(words.length);
  lumaOfWords(words, order, data);
  let rgba: Uint8ClampedArray | null = null;
  return {
    x,
    y,
    size: width,
    data,
    // Most ask for luma alone.
    get rgba() {
      rgba ??= rgbaOfWords(words, order);
      return rgba;
    },
  };
}

/** A tile with the pixels that its luma was computed of: who asks for both reads them once. */
interface ColourTile extends LumaTile {
  /** 4 bytes a pixel, alpha 255. */
  readonly rgba: Uint8ClampedArray;
}

function readTile(source: PixelSource, { x, y, width, height }: Rect): ColourTile {
  const pixels = source.region({ x, y, width, height });
  return { x, y, size: width, data: toLuma(pixels), rgba: pixels.data };
}

/** A place that a tile may take, with what is known of it. */
interface Candidate extends Rect {
  readonly index: number;
  activity: number | null;
  tile: ColourTile | null;
}

/** Several layers ask for tiles of one size, more of them or fewer: places are looked at and read once. */
const known = new WeakMap<PixelSource, Map<number, readonly Candidate[]>>();

function candidatesOf(source: PixelSource, size: number): readonly Candidate[] {
  const bySize = known.get(source) ?? new Map<number, readonly Candidate[]>();
  known.set(source, bySize);
  const before = bySize.get(size);
  if (before) return before;
  const candidates = candidatePlaces(source.width, source.height, size).map((rect, index) => ({
    ...rect,
    index,
    activity: null,
    tile: null,
  }));
  bySize.set(size, candidates);
  return candidates;
}

/** A regular grid of at most MAX_CANDIDATES tile places from edge to edge, row by row. */
function candidatePlaces(width: number, height: number, size: number): readonly Rect[] {
  let columns = Math.floor(width / size);
  let rows = Math.floor(height / size);
  if (columns < 1 || rows < 1) return [];
  if (columns * rows > MAX_CANDIDATES) {
    const ratio = Math.sqrt((MAX_CANDIDATES * columns) / rows);
    columns = Math.min(columns, MAX_CANDIDATES, Math.max(1, Math.floor(ratio)));
    rows = Math.min(rows, Math.floor(MAX_CANDIDATES / columns));
  }
  const places: Rect[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      places.push({
        x: spreadPosition(column, columns, width - size),
        y: spreadPosition(row, rows, height - size),
        width: size,
        height: size,
      });
    }
  }
  return places;
}

/** Position `at` of `count` from 0 to `room`; the middle where there is only one. */
function spreadPosition(at: number, count: number, room: number): number {
  return count === 1 ? Math.floor(room / 2) : Math.floor((at * room) / (count - 1));
}

/** From the flattest to the busiest. */
function ranked(source: PixelSource, candidates: readonly Candidate[]): readonly Candidate[] {
  const measured = candidates.map((candidate) => {
    candidate.activity ??= activityAt(source, candidate);
    return { candidate, activity: candidate.activity };
  });
  measured.sort((a, b) => a.activity - b.activity || a.candidate.index - b.candidate.index);
  return measured.map(({ candidate }) => candidate);
}

function spread(ranked: readonly Candidate[], count: number): readonly Candidate[] {
  const chosen: Candidate[] = [];
  for (let at = 0; at < count; at++) {
    const rank = count === 1 ? (ranked.length - 1) / 2 : (at * (ranked.length - 1)) / (count - 1);
    const candidate = ranked[Math.round(rank)];
    if (candidate) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.index - b.index);
}

/** The middle of a place, by which its activity is judged. */
function probeOf({ x, y, width }: Rect): Rect {
  const side = Math.min(PROBE_SIDE, width);
  const inset = Math.floor((width - side) / 2);
  return { x: x + inset, y: y + inset, width: side, height: side };
}

function activityAt(source: PixelSource, place: Rect): number {
  return activityOf(toLuma(source.region(probeOf(place))));
}

/** Mean absolute difference of neighbours in a square: texture, not slow shading. */
function activityOf(luma: Float32Array): number {
  const side = Math.sqrt(luma.length);
  let sum = 0;
  for (let y = 1; y < side; y++) sum += changesInRow(luma, y * side, side);
  return sum / Math.max(1, (side - 1) * (side - 1));
}

/** A function of its own: V8 leaves a loop that it compiled while it ran inside another at the end of every row. */
function changesInRow(luma: Float32Array, from: number, side: number): number {
  let sum = 0;
  for (let at = from + 1; at < from + side; at++) {
    const here = luma[at] ?? 0;
    sum += Math.abs(here - (luma[at - 1] ?? 0)) + Math.abs(here - (luma[at - side] ?? 0));
  }
  return sum;
}
