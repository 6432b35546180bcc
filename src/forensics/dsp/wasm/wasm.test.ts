import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMoments,
  addToDoubles,
  advance,
  assemble,
  get,
  growTo,
  I32,
  int,
  isBelow,
  load,
  loadInt,
  newMemory,
  PAGE,
  repeat,
  set,
  store,
  storeInt,
  sumOfLanes,
  V128,
  VECTOR,
  type WasmFunction,
  when,
} from '.';

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
        ...advance(counter, 1),
        ...when(isBelow(get(counter), int(4)), storeInt(int(0), 4, get(counter))),
        ...storeInt(int(0), 0, get(counter)),
      ],
      isBelow(get(counter), get(0)),
    );
    expect([...run(body, PAGE, 10).slice(0, 2)]).toEqual([10, 3]);
    expect([...run(body, PAGE, 0).slice(0, 2)]).toEqual([1, 1]);
  });

  it('moves a local on by a number and by what an expression leaves', () => {
    const local = 1;
    const body = [...set(local, int(40)), ...advance(local, -8), ...advance(local, get(0))];
    expect(run([...body, ...storeInt(int(0), 0, get(local))], PAGE, 5)[0]).toBe(37);
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

describe('growTo', () => {
  it('makes room for as many bytes and keeps what is there', () => {
    const memory = newMemory(PAGE);
    new Int32Array(memory.buffer)[7] = 77;
    growTo(memory, PAGE + 1);
    expect(memory.buffer.byteLength).toBe(2 * PAGE);
    expect(new Int32Array(memory.buffer)[7]).toBe(77);
  });

  it('leaves a memory alone, and its views with it, that is large enough', () => {
    const memory = newMemory(2 * PAGE);
    const { buffer } = memory;
    growTo(memory, 2 * PAGE);
    growTo(memory, 1);
    expect(memory.buffer).toBe(buffer);
  });
});

describe('sums over lanes', () => {
  const four = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
    minLength: 4,
    maxLength: 4,
  });

  it('adds four floats to two doubles, without rounding to floats', () => {
    const [values, sums] = [0, VECTOR];
    const keep = {
      name: 'keep',
      params: [],
      locals: [V128],
      body: [...set(0, load(int(values))), ...addToDoubles(sums, 0)],
    };
    const { memory, call } = assemble([keep], PAGE);
    fc.assert(
      fc.property(four, fc.double({ noNaN: true, min: -1e12, max: 1e12 }), (floats, before) => {
        new Float32Array(memory.buffer, values, 4).set(floats);
        const doubles = new Float64Array(memory.buffer, sums, 2).fill(before);
        call('keep')();
        const [a = 0, b = 0, c = 0, d = 0] = floats;
        expect([...doubles]).toEqual([before + (a + c), before + (b + d)]);
      }),
    );
  });

  it('adds floats and their squares as doubles', () => {
    const [value, half, sum, squares] = [0, 1, 2, 3];
    const moments = {
      name: 'moments',
      params: [],
      locals: [V128, V128, V128, V128],
      body: [
        ...[0, VECTOR].flatMap((from) => [
          ...set(value, load(int(from))),
          ...addMoments(value, half, sum, squares),
        ]),
        ...store(int(0), 2 * VECTOR, get(sum)),
        ...store(int(0), 3 * VECTOR, get(squares)),
      ],
    };
    const { memory, call } = assemble([moments], PAGE);
    new Float32Array(memory.buffer).set([1, 2, 3, 4, 5, 6, 7, 4096.5]);
    call('moments')();
    const doubles = new Float64Array(memory.buffer, 2 * VECTOR, 4);
    expect([...doubles]).toEqual([
      1 + 3 + 5 + 7,
      2 + 4 + 6 + 4096.5,
      1 + 9 + 25 + 49,
      4 + 16 + 36 + 4096.5 ** 2,
    ]);
  });

  it('adds up four lanes from where it is told', () => {
    fc.assert(
      fc.property(four, fc.nat(9), (floats, from) => {
        const values = new Float32Array(16).fill(1e9);
        values.set(floats, from);
        expect(sumOfLanes(values, from)).toBe(floats.reduce((sum, value) => sum + value, 0));
      }),
    );
    expect(sumOfLanes(Int32Array.of(9, 1, 2, 3, 4, 9), 1)).toBe(10);
  });
});
