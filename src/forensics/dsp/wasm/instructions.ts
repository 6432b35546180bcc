import { type Code, END, signed, unsigned } from './encoding';

const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
const two =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];

// Locals and numbers.

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const int = (value: number): Code => [0x41, ...signed(value)];
export const float = (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
export const double = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];

// Whole numbers of 32 bits.

export const addInt = two(0x6a);
export const subtractInt = two(0x6b);
export const multiplyInt = two(0x6c);
export const andInt = two(0x71);
export const shiftInt = two(0x74);
export const shiftIntRight = two(0x76);
export const isBelow = two(0x49);

/** Adds to a local: a fixed step, or what an expression leaves. */
export const advance = (local: number, by: number | Code): Code =>
  set(local, addInt(get(local), typeof by === 'number' ? int(by) : by));

// Memory.

export const loadInt = (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)];
export const storeInt = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  0x36,
  2,
  ...unsigned(offset),
];
/** Stores the lowest eight bits. */
export const storeByte = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  0x3a,
  0,
  ...unsigned(offset),
];
export const load = (address: Code, offset = 0): Code => [...address, ...vector(0), 4, ...unsigned(offset)];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...vector(11),
  4,
  ...unsigned(offset),
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
/** One double of memory in both lanes. */
export const loadSplatDouble = (address: Code, offset = 0): Code => [
  ...address,
  ...vector(10),
  3,
  ...unsigned(offset),
];

// Whole vectors.

export const andBits = two(...vector(0x4e));
/** The bits of the first that the second has not. */
export const withoutBits = two(...vector(0x4f));
export const orBits = two(...vector(0x50));
export const differingBits = two(...vector(0x51));
/** Bits of the first where the mask's are set, of the second elsewhere. */
export const chosenBits = (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, ...vector(0x52)];
/** 1 where any bit of a vector is set. */
export const anyBit = (value: Code): Code => [...value, ...vector(0x53)];
/** Highest bits of the four lanes. */
export const laneBits = (value: Code): Code => [...value, ...vector(0xa4)];
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

// Four floats.

export const splat = (value: Code): Code => [...value, ...vector(0x13)];
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

// Four whole numbers of 32 bits.

export const splatInt = (value: Code): Code => [...value, ...vector(0x11)];
export const addInts = two(...vector(0xae));
export const subtractInts = two(...vector(0xb1));
export const multiplyInts = two(...vector(0xb5));
export const smallestInts = two(...vector(0xb6));
export const largestInts = two(...vector(0xb8));
export const magnitudeInts = (value: Code): Code => [...value, ...vector(0xa0)];
export const shiftLeft = two(...vector(0xab));
export const shiftRight = two(...vector(0xad));
/** Arithmetic shift of 32-bit lanes. */
export const shiftSignedRight = two(...vector(0xac));
export const areEqualInts = two(...vector(0x37));
export const isGreaterInts = two(...vector(0x3b));
/** One of the four 32-bit lanes. */
export const lane = (value: Code, at: 0 | 1 | 2 | 3): Code => [...value, ...vector(0x1b), at];

// Four floats from whole numbers, and back.

export const toFloats = (value: Code): Code => [...value, ...vector(0xfa)];
/** Towards 0, and to the nearest bound what is beyond 32 bits. */
export const truncated = (value: Code): Code => [...value, ...vector(0xf8)];

// Eight whole numbers of 16 bits.

export const addShorts = two(...vector(0x8e));
export const subtractShorts = two(...vector(0x91));
export const magnitudeShorts = (value: Code): Code => [...value, ...vector(0x80)];
export const shiftShortsRight = two(...vector(0x8d));
/** Products of signed lanes, neighbours added: four sums of 32 bits. */
export const dotShorts = two(...vector(0xba));
/** Two vectors as one of half the width a lane, each value held to what that can hold. */
export const narrowInts = two(...vector(0x85));

// Sixteen bytes.

export const areEqualBytes = two(...vector(0x23));
/** Of unsigned bytes. */
export const areAtLeastBytes = two(...vector(0x2c));
export const largestBytes = two(...vector(0x79));
/** Sums of neighbours among the sixteen unsigned bytes. */
export const addBytePairs = (value: Code): Code => [...value, ...vector(0x7d)];
/** The eight lower, or upper, unsigned bytes. */
export const lowBytes = (value: Code): Code => [...value, ...vector(0x89)];
export const highBytes = (value: Code): Code => [...value, ...vector(0x8a)];
export const narrowToBytes = two(...vector(0x66));

// Two doubles, or two whole numbers of 64 bits.

export const splatDouble = (value: Code): Code => [...value, ...vector(0x14)];
export const addDouble = two(...vector(0xf0));
export const subtractDouble = two(...vector(0xf1));
export const multiplyDouble = two(...vector(0xf2));
/** All bits of a 64-bit lane where the first is the greater one or both are the same, else none. */
export const isAtLeastDouble = two(...vector(0x4c));
/** The first two of four floats as doubles. */
export const promote = (value: Code): Code => [...value, ...vector(0x5f)];
/** Two doubles as the first two of four floats, the others 0. */
export const demote = (value: Code): Code => [...value, ...vector(0x5e)];
/** Two lanes of 64 bits alike, of their lower and upper halves. */
export const longs = (lower: number, upper: number): Code => [
  ...vector(12),
  ...new Uint8Array(Uint32Array.of(lower, upper, lower, upper).buffer),
];
/** Logical shift of two 64-bit lanes. */
export const shiftLongsRight = two(...vector(0xcd));

// Control.

/** Runs `body` where `condition` is not 0. */
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, END];
/** Repeats as long as `again` is not 0. */
export const repeat = (body: Code, again: Code): Code => [0x03, 0x40, ...body, ...again, 0x0d, 0, END];
