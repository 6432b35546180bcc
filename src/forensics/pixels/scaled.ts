import { assertSize, asWords } from '../dsp/resample';
import { columnTableBytes, type ResampleKernel, rowTableBytes, withKernel } from '../dsp/resample-kernel';
import { computeTaps, type Kernel, type Taps } from '../dsp/taps';
import type { PixelSource, WordOrder } from '../image';
import type { RgbaImage } from '../rgba';

/** Rows read at once, and pixels: 2 MB of most pictures, 4 MB of wide ones. */
const STRIP_ROWS = 128;
const STRIP_PIXELS = 1 << 20;

/**
 * Reductions by twice this and more are first averaged over whole squares, down to this much at least: what
 * Pillow calls `reducing_gap`, and says to be fair from 2 on. It makes 12 megapixels four times faster.
 */
const REDUCING_GAP = 2;
/** Largest square whose sums of bytes fit into 16 bits: 16 x 16 x 255 = 65,280. */
const LARGEST_BOX = 16;

/**
 * Resizes a pixel source without ever holding it whole: the horizontal pass runs strip by strip, the
 * vertical one on the narrowed picture. Answers the same pixels as `resize` of the whole, but for
 * reductions by 4 and more, which are averaged over squares first.
 * @throws RangeError for a size that is not a positive integer
 */
export function resizeSource(source: PixelSource, width: number, height: number, kernel: Kernel): RgbaImage {
  if (isSize(source, width, height)) return source.region({ x: 0, y: 0, width, height });
  return withKernel((engine) => {
    const work = new Resizing(engine, source, width, height, kernel, 1);
    for (let strip = 0; strip < work.strips; strip++) {
      const { rect, words } = work.strip(strip);
      words.set(asWords(source.region(rect).data));
      work.add(strip);
    }
    return work.finish();
  });
}

/** The same pixels, read past the canvas where the source can: several times faster for large pictures. */
export async function resizeSourceSoon(
  source: PixelSource,
  width: number,
  height: number,
  kernel: Kernel,
): Promise<RgbaImage> {
  if (isSize(source, width, height)) return source.region({ x: 0, y: 0, width, height });
  return withKernel(async (engine) => {
    const work = new Resizing(engine, source, width, height, kernel, AHEAD);
    const read = (strip: number): Promise<WordOrder> => {
      const { rect, words } = work.strip(strip);
      return source.raw(rect, words);
    };
    // Each wait is a turn through another thread: the next strips are read while one is reduced.
    const reads = Array.from({ length: Math.min(AHEAD, work.strips) }, (_, strip) => read(strip));
    let order: WordOrder = 'rgb';
    try {
      for (let strip = 0; strip < work.strips; strip++) {
        order = (await reads[strip]) ?? order;
        work.add(strip);
        if (strip + AHEAD < work.strips) reads.push(read(strip + AHEAD));
      }
    } finally {
      // Nobody else may have this memory before the last read has ended.
      await Promise.allSettled(reads);
    }
    const scaled = work.finish();
    // Channels are scaled alike, so that red and blue need to change places in the small picture only.
    if (order === 'bgr') swapRedBlue(asWords(scaled.data));
    return scaled;
  });
}

/** Strips in memory: one that is reduced, the others on their way. */
const AHEAD = 3;

function isSize(source: PixelSource, width: number, height: number): boolean {
  assertSize(width, height);
  return width === source.width && height === source.height;
}

/** One reduction on its way, strip by strip. */
class Resizing {
  readonly strips: number;
  readonly #stripRows: number;
  readonly #box: number;
  readonly #columns: number;
  readonly #across: Table | null;
  readonly #down: Table | null;
  /** Addresses in the kernel's memory. */
  readonly #read: readonly number[];
  readonly #averaged: number;
  readonly #narrowed: number;
  readonly #lowered: number;

  /** @param held strips that are in memory at once */
  constructor(
    private readonly engine: ResampleKernel,
    private readonly source: PixelSource,
    private readonly width: number,
    private readonly height: number,
    kernel: Kernel,
    held: number,
  ) {
    const factor = Math.min(source.width / width, source.height / height);
    const box = Math.min(LARGEST_BOX, Math.max(1, Math.floor(factor / REDUCING_GAP)));
    this.#box = box;
    const columns = Math.ceil(source.width / box);
    const rows = Math.ceil(source.height / box);
    this.#columns = columns;
    const most = Math.min(STRIP_ROWS, Math.floor(STRIP_PIXELS / source.width));
    this.#stripRows = Math.max(1, Math.floor(most / box)) * box;
    this.strips = Math.ceil(source.height / this.#stripRows);
    const across = width === columns ? null : computeTaps(columns, width, kernel, source.width / box);
    const down = height === rows ? null : computeTaps(rows, height, kernel, source.height / box);
    const stripBytes = 4 * source.width * Math.min(source.height, this.#stripRows);
    this.#read = Array.from({ length: Math.min(held, this.strips) }, () => engine.reserve(stripBytes));
    const averagedBytes = 4 * columns * (this.#stripRows / box);
    this.#averaged = box > 1 && across ? engine.reserve(averagedBytes) : 0;
    // The vertical pass may read a row more than there are.
    this.#narrowed = engine.reserve(4 * width * (rows + 1));
    this.#lowered = down ? engine.reserve(4 * width * height) : this.#narrowed;
    this.#across = across && { taps: across, address: engine.reserve(rowTableBytes(across)) };
    this.#down = down && { taps: down, address: engine.reserve(columnTableBytes(down)) };
    if (this.#across) engine.writeRowTable(this.#across.address, this.#across.taps);
    if (this.#down) engine.writeColumnTable(this.#down.address, this.#down.taps);
  }

  /** Whole rows of the source, and where they are to be written before `add`. */
  strip(strip: number): {
    readonly rect: { x: number; y: number; width: number; height: number };
    readonly words: Int32Array<ArrayBuffer>;
  } {
    const { width, height } = this.source;
    const y = strip * this.#stripRows;
    const rect = { x: 0, y, width, height: Math.min(this.#stripRows, height - y) };
    return { rect, words: this.engine.words(this.#address(strip), width * rect.height) };
  }

  #address(strip: number): number {
    return this.#read[strip % this.#read.length] ?? 0;
  }

  /** Reduces a strip along its rows; its memory may be written to again afterwards. */
  add(strip: number): void {
    const { rect } = this.strip(strip);
    const box = this.#box;
    const row = rect.y / box;
    const rows = Math.ceil(rect.height / box);
    const narrowed = this.#narrowed + 4 * row * this.width;
    let from = this.#address(strip);
    if (box > 1) {
      const to = this.#across ? this.#averaged : narrowed;
      averageSquares(this.engine, from, rect.width, rect.height, box, to);
      from = to;
    }
    if (this.#across) {
      const { taps, address } = this.#across;
      this.engine.alongRows(from, this.#columns, rows, address, taps, narrowed);
    } else if (box === 1) {
      const words = this.engine.words(from, this.width * rows);
      this.engine.words(narrowed, words.length).set(words);
    }
  }

  finish(): RgbaImage {
    const { width, height, engine } = this;
    if (this.#down) {
      engine.alongColumns(this.#narrowed, width, this.#down.address, this.#down.taps, this.#lowered);
    }
    return { width, height, data: engine.bytes(this.#lowered, 4 * width * height).slice() };
  }
}

interface Table {
  readonly taps: Taps;
  readonly address: number;
}

function swapRedBlue(words: Int32Array): void {
  for (let at = 0; at < words.length; at++) {
    const pixel = words[at] ?? 0;
    words[at] = OPAQUE | ((pixel & 0xff) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 0xff);
  }
}

const EVEN_BYTES = 0x00ff00ff;

/**
 * Mean of each `box` x `box` square, of what is there of it at the right and lower edge; halves round up, as
 * in Pillow's `Image.reduce`. Two channels are summed at once, each in half of a 32-bit integer: a third of the
 * time of three sums.
 */
function averageSquares(
  engine: ResampleKernel,
  from: number,
  width: number,
  height: number,
  box: number,
  to: number,
): void {
  const columns = Math.ceil(width / box);
  const pixels = engine.words(from, width * height);
  const target = engine.words(to, columns * Math.ceil(height / box));
  for (let row = 0; row * box < height; row++) {
    const taken = Math.min(box, height - row * box);
    const first = row * box * width;
    // Squares that are whole, of the commonest side: large photographs on their way to 512 px.
    const done = box === 2 && taken === 2 ? width >> 1 : 0;
    engine.halve(from + 4 * first, from + 4 * (first + width), to + 4 * row * columns, done);
    averageRow(pixels, first, width, taken, box, done, target, row * columns);
  }
}

function averageRow(
  pixels: Int32Array,
  first: number,
  width: number,
  taken: number,
  box: number,
  begin: number,
  target: Int32Array,
  to: number,
): void {
  for (let column = begin; column * box < width; column++) {
    const left = column * box;
    const across = Math.min(box, width - left);
    let redBlue = 0;
    let green = 0;
    for (let y = 0; y < taken; y++) {
      const start = first + y * width + left;
      for (let from = start; from < start + across; from++) {
        const pixel = pixels[from] ?? 0;
        redBlue += pixel & EVEN_BYTES;
        green += (pixel >>> 8) & 0xff;
      }
    }
    const count = taken * across;
    const half = count >> 1;
    const r = (((redBlue & 0xffff) + half) / count) | 0;
    const g = ((green + half) / count) | 0;
    const b = (((redBlue >>> 16) + half) / count) | 0;
    target[to + column] = r | (g << 8) | (b << 16) | OPAQUE;
  }
}

const OPAQUE = 0xff << 24;
/**
 * Size with the shorter side brought down to `side`, the longer one in proportion (rounded, at least 1);
 * the size itself where the shorter side is `side` or less already.
 */
export function sizeForShorterSide(
  width: number,
  height: number,
  side: number,
): { width: number; height: number } {
  const shorter = Math.min(width, height);
  if (shorter <= side) return { width, height };
  return {
    width: width === shorter ? side : Math.max(1, Math.round((width * side) / shorter)),
    height: height === shorter ? side : Math.max(1, Math.round((height * side) / shorter)),
  };
}
