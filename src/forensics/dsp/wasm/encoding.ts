/** Instructions and what stands around them, as WebAssembly's binary format has them. */
export type Code = readonly number[];

export function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

export function text(word: string): Code {
  return list([...new TextEncoder().encode(word)].map((byte) => [byte]));
}

/** LEB128. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** LEB128 of a number that may be negative. */
export function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 127) | 128);
    rest >>= 7;
  }
  return [...bytes, rest & 127];
}

/** The instruction that ends a body. */
export const END = 0x0b;
