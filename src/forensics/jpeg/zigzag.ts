/** Place in natural order (8 v + u) of each coefficient in the order of the file (ITU-T T.81, figure A.6). */
export const ZIGZAG: readonly number[] = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
];

/** A table or block from the file's zigzag order into natural order, row by row. */
export function fromZigzag(stored: ArrayLike<number>): Uint16Array {
  const natural = new Uint16Array(64);
  for (let at = 0; at < 64; at++) natural[ZIGZAG[at] ?? 0] = stored[at] ?? 0;
  return natural;
}

/** Rows and columns exchanged: the table of a picture that was turned by a quarter. */
export function transposed(table: ArrayLike<number>): Uint16Array {
  const turned = new Uint16Array(64);
  for (let v = 0; v < 8; v++) for (let u = 0; u < 8; u++) turned[8 * u + v] = table[8 * v + u] ?? 0;
  return turned;
}
