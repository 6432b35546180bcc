import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addInt,
  assemble,
  get,
  I32,
  int,
  isBelow,
  loadInt,
  newMemory,
  repeat,
  set,
  storeInt,
  type WasmFunction,
  when,
} from '.';

const PAGE = 65_536;

function run(body: WasmFunction['body'], bytes = PAGE, ...values: number[]): Int32Array {
  const fn = { name: 'run', params: values.map(() => I32), locals: [I32], body };
  const { memory, call } = assemble([fn], bytes);
  call('run')(...values);
  return new Int32Array(memory.buffer);
}

describe('the assembler', () => {
  it('writes any number, and any offset into memory', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 2 * PAGE - 4 }), (value, offset) => {
        const place = offset - (offset % 4);
        expect(run(storeInt(int(0), place, int(value)), 2 * PAGE)[place / 4]).toBe(value);
      }),
    );
  });

  it('repeats at least once and as long as it is told, and passes over what does not hold', () => {
    const counter = 1;
    const body = repeat(
      [
        ...set(counter, addInt(get(counter), int(1))),
        ...when(isBelow(get(counter), int(4)), storeInt(int(0), 4, get(counter))),
        ...storeInt(int(0), 0, get(counter)),
      ],
      isBelow(get(counter), get(0)),
    );
    expect([...run(body, PAGE, 10).slice(0, 2)]).toEqual([10, 3]);
    expect([...run(body, PAGE, 0).slice(0, 2)]).toEqual([1, 1]);
  });

  it('has modules share a memory', () => {
    const memory = newMemory(1);
    const writer = assemble(
      [{ name: 'write', params: [], locals: [], body: storeInt(int(0), 8, int(77)) }],
      memory,
    );
    const copier = assemble(
      [{ name: 'copy', params: [], locals: [], body: storeInt(int(0), 12, loadInt(int(8))) }],
      memory,
    );
    writer.call('write')();
    copier.call('copy')();
    expect(new Int32Array(memory.buffer)[3]).toBe(77);
  });

  it('knows no function that was not assembled', () => {
    expect(() => assemble([], 1).call('run')).toThrow(TypeError);
  });
});
