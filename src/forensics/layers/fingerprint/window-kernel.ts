import {
  addInt,
  addMoments,
  advance,
  assemble,
  type Code,
  F32,
  FLOAT,
  get,
  I32,
  int,
  isBelow,
  load,
  loadSplat,
  multiply,
  repeat,
  set,
  splat,
  store,
  subtract,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

/** Square windows cut out of a field, four samples at once. Addresses and strides are in bytes. */
export interface WindowKernel {
  /** Sum and sum of squares of a window from `from` on: doubles at `to`, two parts of each to be added. */
  readonly moments: (from: number, stride: number, to: number) => void;
  /** A window less its mean, times gain and taper: to `to`. */
  readonly cut: (from: number, stride: number, to: number, mean: number, gain: number) => void;
}

/**
 * @param size samples a side
 * @param taper where the taper of a line lies
 * @param rowTo bytes from one row of a window that was cut to the next
 */
export function windowKernel(
  memory: WebAssembly.Memory,
  size: number,
  taper: number,
  rowTo: number,
): WindowKernel {
  const { call } = assemble([moments(size), cut(size, taper, rowTo)], memory);
  return { moments: call('moments'), cut: call('cut') };
}

/** All samples of a window. @param y counts its rows, `x` its columns, in bytes; `from` is a row's first sample */
function everywhere(
  size: number,
  from: number,
  stride: number,
  y: number,
  x: number,
  body: Code,
  row: Code,
): Code {
  const line = size * FLOAT;
  return repeat(
    [
      ...set(x, int(0)),
      ...repeat([...body, ...advance(x, VECTOR)], isBelow(get(x), int(line))),
      ...row,
      ...advance(from, get(stride)),
      ...advance(y, FLOAT),
    ],
    isBelow(get(y), int(line)),
  );
}

function moments(size: number): WasmFunction {
  const [from, stride, to, y, x, value, half, sum, squares] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  return {
    name: 'moments',
    params: [I32, I32, I32],
    locals: [I32, I32, V128, V128, V128, V128],
    body: [
      ...everywhere(
        size,
        from,
        stride,
        y,
        x,
        [...set(value, load(addInt(get(from), get(x)))), ...addMoments(value, half, sum, squares)],
        [],
      ),
      ...store(get(to), 0, get(sum)),
      ...store(get(to), VECTOR, get(squares)),
    ],
  };
}

function cut(size: number, taper: number, rowTo: number): WasmFunction {
  const [from, stride, to, mean, gain, y, x, means, gains] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  return {
    name: 'cut',
    params: [I32, I32, I32, F32, F32],
    locals: [I32, I32, V128, V128],
    body: [
      ...set(means, splat(get(mean))),
      ...set(gains, multiply(splat(get(gain)), loadSplat(get(y), taper))),
      ...everywhere(
        size,
        from,
        stride,
        y,
        x,
        store(
          addInt(get(to), get(x)),
          0,
          multiply(
            subtract(load(addInt(get(from), get(x))), get(means)),
            multiply(get(gains), load(get(x), taper)),
          ),
        ),
        [...advance(to, rowTo), ...set(gains, multiply(splat(get(gain)), loadSplat(get(y), taper + FLOAT)))],
      ),
    ],
  };
}
