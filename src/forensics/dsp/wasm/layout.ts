/** Bytes of what lies in memory: whole numbers and floats of 32 bits, doubles, and vectors of `LANES` of the former. */
export const WORD = 4;
export const FLOAT = 4;
export const DOUBLE = 8;
export const LANES = 4;
export const VECTOR = LANES * WORD;
/** What memory grows by. */
export const PAGE = 65_536;
