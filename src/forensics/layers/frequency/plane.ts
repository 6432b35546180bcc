import { onceEach } from '../../dsp/once';

/**
 * Where the cells of a spectrum lie, in tables that a thread computes once for each size: logarithms, roots and angles
 * of 33,000 cells are as costly as what is done with them.
 *
 * Tables hold the half-plane that is not mirrored, as fields are real: rows v = 0..size / 2 of `size` cells, u along
 * rows, 0..size-1.
 */
export interface Plane {
  readonly size: number;
  /** Distance from the mean in whole cells, rounded. */
  readonly ring: Uint16Array;
  /** All cells in the order of their rings, and where in it each ring begins; the last entry is the end. */
  readonly byRing: Int32Array;
  readonly ringBegins: Int32Array;
  /** ln of the frequency in cycles per px; 0 at the mean. */
  readonly logFrequency: Float64Array;
  /** Cells of the whole plane that each row's cells stand for: 1 or 2. */
  readonly weight: Uint8Array;
}

/** The plane of a spectrum of a side, even. Computed once for each. */
export const planeOf = onceEach(compute);

function compute(size: number): Plane {
  const half = size / 2;
  const cells = (half + 1) * size;
  const ring = new Uint16Array(cells);
  const logFrequency = new Float64Array(cells);
  for (let v = 0, at = 0; v <= half; v++) {
    for (let u = 0; u < size; u++, at++) {
      const across = signed(u, size);
      const radius = Math.sqrt(across * across + v * v);
      ring[at] = Math.round(radius);
      logFrequency[at] = radius > 0 ? Math.log(radius / size) : 0;
    }
  }
  const weight = Uint8Array.from({ length: half + 1 }, (_, v) => (v === 0 || v === half ? 1 : 2));
  return { size, ring, ...sortedByRing(ring, size), logFrequency, weight };
}

function sortedByRing(ring: Uint16Array, size: number): Pick<Plane, 'byRing' | 'ringBegins'> {
  const rings = Array.from({ length: Math.ceil((size / 2) * Math.SQRT2) + 1 }, (): number[] => []);
  for (const [at, own] of ring.entries()) rings[own]?.push(at);
  let begin = 0;
  const begins = rings.map(({ length }) => {
    begin += length;
    return begin;
  });
  return { byRing: Int32Array.from(rings.flat()), ringBegins: Int32Array.of(0, ...begins) };
}

/** Frequency -size/2..size/2-1 of a place along a row. */
export function signed(u: number, size: number): number {
  return u < size / 2 ? u : u - size;
}

/** A table of one small number for each cell of the half-plane, computed once for each size. */
export function cellTable(
  valueAt: (u: number, v: number, size: number) => number,
): (size: number) => Int16Array {
  return onceEach((size) => {
    const table = new Int16Array((size / 2 + 1) * size);
    for (let at = 0; at < table.length; at++) {
      const u = at % size;
      table[at] = valueAt(signed(u, size), (at - u) / size, size);
    }
    return table;
  });
}
