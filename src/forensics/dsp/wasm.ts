/**
 * Just enough of an assembler for WebAssembly (core specification 2.0, binary format) to write inner loops with vector
 * instructions, which JavaScript has not: four samples at once. Expressions are lists of bytes that leave one value.
 */
export type Code = readonly number[];

export const I32 = 0x7f;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;

export interface WasmFunction {
  readonly name: string;
  /** Types of the parameters, which are the first locals, and of the further locals. */
  readonly params: readonly number[];
  readonly locals: readonly number[];
  readonly body: Code;
}

const PAGE = 65_536;

/**
 * Compiles functions without results that share a memory.
 * @param memory one that exists already, which several modules may share, or the least size of a new one in bytes
 */
export function assemble(
  functions: readonly WasmFunction[],
  memory: WebAssembly.Memory | number,
): { memory: WebAssembly.Memory; call: (name: string) => (...values: number[]) => void } {
  const shared = typeof memory === 'number' ? newMemory(memory) : memory;
  const types = functions.map(({ params }) => [0x60, ...list(params.map((type) => [type])), 0]);
  const indices = functions.map((_, at) => unsigned(at));
  // Any memory fits, by its least size of no pages.
  const imported = [...text('of'), ...text('memory'), 2, 0, 0];
  const exported = functions.map(({ name }, at) => [...text(name), 0, ...unsigned(at)]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...list(locals.map((type) => [1, type])), ...body, END];
    return [...unsigned(code.length), ...code];
  });
  const module = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [imported]),
    ...section(3, indices),
    ...section(7, exported),
    ...section(10, bodies),
  ]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { of: { memory: shared } });
  return {
    memory: shared,
    call(name) {
      const called = exports[name];
      if (typeof called !== 'function') throw new TypeError(`Expected a function ${name}`);
      // What was assembled above takes numbers; its exports have no types of their own.
      return called as (...values: number[]) => void;
    },
  };
}

/** @param bytes that it holds at least */
export function newMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
}

function section(id: number, items: readonly Code[]): Code {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(word: string): Code {
  return list([...new TextEncoder().encode(word)].map((byte) => [byte]));
}

/** LEB128. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 127) | 128);
    rest >>= 7;
  }
  return [...bytes, rest & 127];
}

const END = 0x0b;

const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
const two =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const int = (value: number): Code => [0x41, ...signed(value)];
export const float = (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
export const double = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
export const addInt = two(0x6a);
export const subtractInt = two(0x6b);
export const multiplyInt = two(0x6c);
export const andInt = two(0x71);
export const shiftIntRight = two(0x76);
export const shiftInt = two(0x74);
export const isBelow = two(0x49);
export const storeInt = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  0x36,
  2,
  ...unsigned(offset),
];
export const loadInt = (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)];

export const add = two(...vector(0xe4));
export const subtract = two(...vector(0xe5));
export const multiply = two(...vector(0xe6));
export const divide = two(...vector(0xe7));
/** a * b + sum, rounded once or twice as the processor has it (relaxed SIMD). */
export const multiplyAdd = (a: Code, b: Code, sum: Code): Code => [...a, ...b, ...sum, ...vector(0x105)];
export const smallest = two(...vector(0xe8));
export const largest = two(...vector(0xe9));
/** Of two lanes the lesser, and the greater; the first where one is not a number. */
export const least = two(...vector(0xea));
export const greatest = two(...vector(0xeb));
export const magnitude = (value: Code): Code => [...value, ...vector(0xe0)];
export const squareRoot = (value: Code): Code => [...value, ...vector(0xe3)];
/** To whole numbers, halves to the even one. */
export const nearest = (value: Code): Code => [...value, ...vector(0x6a)];
/** All bits of a lane where it holds, none where not; so are the next. */
export const isMore = two(...vector(0x44));
export const isAtMost = two(...vector(0x45));
export const isAtLeast = two(...vector(0x46));
export const areEqualInts = two(...vector(0x37));
export const isGreaterInts = two(...vector(0x3b));
export const areEqualBytes = two(...vector(0x23));
/** Of unsigned bytes. */
export const areAtLeastBytes = two(...vector(0x2c));
export const largestBytes = two(...vector(0x79));
/** Highest bits of the four lanes. */
export const laneBits = (value: Code): Code => [...value, ...vector(0xa4)];
export const andBits = two(...vector(0x4e));
/** The bits of the first that the second has not. */
export const withoutBits = two(...vector(0x4f));
export const orBits = two(...vector(0x50));
/** 1 where any bit of a vector is set. */
export const anyBit = (value: Code): Code => [...value, ...vector(0x53)];
export const shiftRight = two(...vector(0xad));
export const differingBits = two(...vector(0x51));
/** Bits of the first where the mask's are set, of the second elsewhere. */
export const chosenBits = (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, ...vector(0x52)];
/** Stores the lowest eight bits. */
export const storeByte = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  0x3a,
  0,
  ...unsigned(offset),
];
export const addInts = two(...vector(0xae));
export const subtractInts = two(...vector(0xb1));
export const multiplyInts = two(...vector(0xb5));
export const smallestInts = two(...vector(0xb6));
export const largestInts = two(...vector(0xb8));
export const magnitudeInts = (value: Code): Code => [...value, ...vector(0xa0)];
export const shiftLeft = two(...vector(0xab));
/** One of the four 32-bit lanes. */
export const lane = (value: Code, at: 0 | 1 | 2 | 3): Code => [...value, ...vector(0x1b), at];
/** Towards 0, and to the nearest bound what is beyond 32 bits. */
export const truncated = (value: Code): Code => [...value, ...vector(0xf8)];
export const splatInt = (value: Code): Code => [...value, ...vector(0x11)];
export const toFloats = (value: Code): Code => [...value, ...vector(0xfa)];
export const splat = (value: Code): Code => [...value, ...vector(0x13)];
export const load = (address: Code, offset = 0): Code => [...address, ...vector(0), 4, ...unsigned(offset)];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...vector(11),
  4,
  ...unsigned(offset),
];

/** Four of the eight 32-bit lanes of two vectors: 0..3 are the first one's, 4..7 the second one's. */
export const lanes = (a: Code, b: Code, ...chosen: [number, number, number, number]): Code => [
  ...a,
  ...b,
  ...vector(13),
  ...chosen.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
];

/** Sixteen of the 32 bytes of two vectors: 0..15 are the first one's, 16..31 the second one's. */
export const bytesOf = (a: Code, b: Code, chosen: readonly number[]): Code => [
  ...a,
  ...b,
  ...vector(13),
  ...chosen,
];
/** One 32-bit word of memory in all lanes. */
export const loadSplat = (address: Code, offset = 0): Code => [
  ...address,
  ...vector(9),
  2,
  ...unsigned(offset),
];
/** A vector of which one 32-bit lane is taken from memory instead. */
export const loadLane = (address: Code, value: Code, at: number, offset = 0): Code => [
  ...address,
  ...value,
  ...vector(0x56),
  2,
  ...unsigned(offset),
  at,
];
/** Stores the lowest 32 bits. */
export const storeLowest = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...vector(0x5a),
  2,
  ...unsigned(offset),
  0,
];

// Lanes of 16 bits, eight of them.
export const addShorts = two(...vector(0x8e));
export const subtractShorts = two(...vector(0x91));
export const magnitudeShorts = (value: Code): Code => [...value, ...vector(0x80)];
export const shiftShortsRight = two(...vector(0x8d));
/** Sums of neighbours among the sixteen unsigned bytes. */
export const addBytePairs = (value: Code): Code => [...value, ...vector(0x7d)];
/** The eight lower, or upper, unsigned bytes. */
export const lowBytes = (value: Code): Code => [...value, ...vector(0x89)];
export const highBytes = (value: Code): Code => [...value, ...vector(0x8a)];
/** Products of signed lanes, neighbours added: four sums of 32 bits. */
export const dotShorts = two(...vector(0xba));
/** Two vectors as one of half the width a lane, each value held to what that can hold. */
export const narrowInts = two(...vector(0x85));
export const narrowToBytes = two(...vector(0x66));
/** Arithmetic shift of 32-bit lanes. */
export const shiftSignedRight = two(...vector(0xac));

/** Two lanes of 64 bits alike, of their lower and upper halves. */
export const longs = (lower: number, upper: number): Code => [
  ...vector(12),
  ...new Uint8Array(Uint32Array.of(lower, upper, lower, upper).buffer),
];
/** Logical shift of two 64-bit lanes. */
export const shiftLongsRight = two(...vector(0xcd));
/** Two doubles as the first two of four floats, the others 0. */
export const demote = (value: Code): Code => [...value, ...vector(0x5e)];
export const addDouble = two(...vector(0xf0));
export const subtractDouble = two(...vector(0xf1));
/** All bits of a 64-bit lane where the first is the greater one or both are the same, else none. */
export const isAtLeastDouble = two(...vector(0x4c));
export const multiplyDouble = two(...vector(0xf2));
/** One double of memory in both lanes. */
export const loadSplatDouble = (address: Code, offset = 0): Code => [
  ...address,
  ...vector(10),
  3,
  ...unsigned(offset),
];
export const splatDouble = (value: Code): Code => [...value, ...vector(0x14)];
/** The first two of four floats as doubles. */
export const promote = (value: Code): Code => [...value, ...vector(0x5f)];

/** Runs `body` where `condition` is not 0. */
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, END];

/** Repeats as long as `again` is not 0. */
export const repeat = (body: Code, again: Code): Code => [0x03, 0x40, ...body, ...again, 0x0d, 0, END];
