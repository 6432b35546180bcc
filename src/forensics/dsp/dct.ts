/** cos(k pi / 16) / 2, the weights of an orthonormal 8-point DCT-II. */
const C1 = Math.cos(Math.PI / 16) / 2;
const C2 = Math.cos((2 * Math.PI) / 16) / 2;
const C3 = Math.cos((3 * Math.PI) / 16) / 2;
const C4 = Math.cos((4 * Math.PI) / 16) / 2;
const C5 = Math.cos((5 * Math.PI) / 16) / 2;
const C6 = Math.cos((6 * Math.PI) / 16) / 2;
const C7 = Math.cos((7 * Math.PI) / 16) / 2;

/** Rows transformed, columns not yet. */
const halfway = new Float64Array(64);

/**
 * Orthonormal two-dimensional DCT-II of an 8 x 8 block: the transform of JPEG (ITU-T T.81, A.3.3), on its scale,
 * so that a value divided by the step of the quantisation table is what a file stores. Values are taken as they
 * are: JPEG's shift by 128 changes the first coefficient alone, by 1024.
 * @param samples holds the block's first sample at `from`, and its rows `stride` samples apart
 * @param to receives 64 coefficients from place `at` on, `to[at + 8 v + u]` with u across; may be `samples`
 */
export function dct8x8(
  samples: Float32Array | Float64Array,
  from = 0,
  stride = 8,
  to: Float32Array | Float64Array = samples,
  at = 0,
): void {
  for (let row = 0; row < 8; row++) transformRow(samples, from + row * stride, 8 * row);
  for (let column = 0; column < 8; column++) transformColumn(column, to, at + column);
}

/** One row of eight samples, by its even and odd halves, into `halfway`. */
function transformRow(samples: Float32Array | Float64Array, from: number, at: number): void {
  const x0 = samples[from] ?? 0;
  const x1 = samples[from + 1] ?? 0;
  const x2 = samples[from + 2] ?? 0;
  const x3 = samples[from + 3] ?? 0;
  const x4 = samples[from + 4] ?? 0;
  const x5 = samples[from + 5] ?? 0;
  const x6 = samples[from + 6] ?? 0;
  const x7 = samples[from + 7] ?? 0;
  const s0 = x0 + x7;
  const s1 = x1 + x6;
  const s2 = x2 + x5;
  const s3 = x3 + x4;
  const d0 = x0 - x7;
  const d1 = x1 - x6;
  const d2 = x2 - x5;
  const d3 = x3 - x4;
  halfway[at] = C4 * (s0 + s1 + s2 + s3);
  halfway[at + 4] = C4 * (s0 - s1 - s2 + s3);
  halfway[at + 2] = C2 * (s0 - s3) + C6 * (s1 - s2);
  halfway[at + 6] = C6 * (s0 - s3) - C2 * (s1 - s2);
  halfway[at + 1] = C1 * d0 + C3 * d1 + C5 * d2 + C7 * d3;
  halfway[at + 3] = C3 * d0 - C7 * d1 - C1 * d2 - C5 * d3;
  halfway[at + 5] = C5 * d0 - C1 * d1 + C7 * d2 + C3 * d3;
  halfway[at + 7] = C7 * d0 - C5 * d1 + C3 * d2 - C1 * d3;
}

/** One column of `halfway`. */
function transformColumn(column: number, to: Float32Array | Float64Array, at: number): void {
  const x0 = halfway[column] ?? 0;
  const x1 = halfway[column + 8] ?? 0;
  const x2 = halfway[column + 16] ?? 0;
  const x3 = halfway[column + 24] ?? 0;
  const x4 = halfway[column + 32] ?? 0;
  const x5 = halfway[column + 40] ?? 0;
  const x6 = halfway[column + 48] ?? 0;
  const x7 = halfway[column + 56] ?? 0;
  const s0 = x0 + x7;
  const s1 = x1 + x6;
  const s2 = x2 + x5;
  const s3 = x3 + x4;
  const d0 = x0 - x7;
  const d1 = x1 - x6;
  const d2 = x2 - x5;
  const d3 = x3 - x4;
  to[at] = C4 * (s0 + s1 + s2 + s3);
  to[at + 32] = C4 * (s0 - s1 - s2 + s3);
  to[at + 16] = C2 * (s0 - s3) + C6 * (s1 - s2);
  to[at + 48] = C6 * (s0 - s3) - C2 * (s1 - s2);
  to[at + 8] = C1 * d0 + C3 * d1 + C5 * d2 + C7 * d3;
  to[at + 24] = C3 * d0 - C7 * d1 - C1 * d2 - C5 * d3;
  to[at + 40] = C5 * d0 - C1 * d1 + C7 * d2 + C3 * d3;
  to[at + 56] = C7 * d0 - C5 * d1 + C3 * d2 - C1 * d3;
}
