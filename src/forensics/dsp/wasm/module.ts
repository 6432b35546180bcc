import { type Code, END, list, text, unsigned } from './encoding';
import { PAGE } from './layout';

export interface WasmFunction {
  readonly name: string;
  /** Types of the parameters, which are the first locals, and of the further locals. */
  readonly params: readonly number[];
  readonly locals: readonly number[];
  readonly body: Code;
}

/** Types of parameters and locals. */
export const I32 = 0x7f;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;

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

/**
 * Makes a memory hold at least that many bytes. What it holds stays, but where it grows the views of it are lost:
 * `memory.buffer` is another one then.
 */
export function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

function section(id: number, items: readonly Code[]): Code {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}
