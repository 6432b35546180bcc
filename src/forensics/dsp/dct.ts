/** cos(k pi / 16) / 2, the weights of an orthonormal 8-point DCT-II. */
const C1 = Math.cos(Math.PI / 16) / 2;
const C2 = Math.cos((2 * Math.PI) / 16) / 2;
const C3 = Math.cos((3 * Math.PI) / 16) / 2;
const C4 = Math.cos((4 * Math.PI) / 16) / 2;
const C5 = Math.cos((5 * Math.PI) / 16) / 2;
const C6 = Math.cos((6 * Math.PI) / 16) / 2;
const C7 = Math.cos((7 * Math.PI) / 16) / 2;

/**
 * Orthonormal two-dimensional DCT-II of an 8 x 8 block, in place: the transform of JPEG (ITU-T T.81, A.3.3),
 * on its scale, so that a value divided by the step of the quantisation table is what a file stores. Values
 * are taken as they are: JPEG's shift by 128 changes the first coefficient alone, by 1024.
 * @param block 64 samples, row by row; answers 64 coefficients, `block[8 v + u]` with u across
 */
export function dct8x8(block: Float64Array): void {
  for (let row = 0; row < 64; row += 8) transform(block, row, 1);
  for (let column = 0; column < 8; column++) transform(block, column, 8);
}

/** One line of eight samples `step` apart, by its even and odd halves. */
function transform(block: Float64Array, at: number, step: number): void {
  const x0 = block[at] ?? 0;
  const x1 = block[at + step] ?? 0;
  const x2 = block[at + 2 * step] ?? 0;
  const x3 = block[at + 3 * step] ?? 0;
  const x4 = block[at + 4 * step] ?? 0;
  const x5 = block[at + 5 * step] ?? 0;
  const x6 = block[at + 6 * step] ?? 0;
  const x7 = block[at + 7 * step] ?? 0;
  const s0 = x0 + x7;
  const s1 = x1 + x6;
  const s2 = x2 + x5;
  const s3 = x3 + x4;
  const d0 = x0 - x7;
  const d1 = x1 - x6;
  const d2 = x2 - x5;
  const d3 = x3 - x4;
  block[at] = C4 * (s0 + s1 + s2 + s3);
  block[at + 4 * step] = C4 * (s0 - s1 - s2 + s3);
  block[at + 2 * step] = C2 * (s0 - s3) + C6 * (s1 - s2);
  block[at + 6 * step] = C6 * (s0 - s3) - C2 * (s1 - s2);
  block[at + step] = C1 * d0 + C3 * d1 + C5 * d2 + C7 * d3;
  block[at + 3 * step] = C3 * d0 - C7 * d1 - C1 * d2 - C5 * d3;
  block[at + 5 * step] = C5 * d0 - C1 * d1 + C7 * d2 + C3 * d3;
  block[at + 7 * step] = C7 * d0 - C5 * d1 + C3 * d2 - C1 * d3;
}
