/**
 * Just enough of an assembler for WebAssembly (core specification 2.0, binary format) to write inner loops with vector
 * instructions, which JavaScript has not: four samples at once. Expressions are lists of bytes that leave one value.
 */
export type { Code } from './encoding';
export * from './instructions';
export * from './layout';
export { assemble, F32, F64, growTo, I32, newMemory, V128, type WasmFunction } from './module';
export * from './sums';
