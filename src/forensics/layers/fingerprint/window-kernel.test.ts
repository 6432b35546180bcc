import { expect, it } from 'vitest';
import { newMemory } from '../../dsp/wasm';
import { seeded } from '../../synthetic.fixture';
import { windowKernel } from './window-kernel';

it('a window is cut out of a field, less its mean, with gain and taper', () => {
  const [size, fieldSide, rowOut] = [16, 40, 20];
  const memory = newMemory(65_536);
  const taper = new Float32Array(memory.buffer, 64, size + 4);
  const field = new Float32Array(memory.buffer, 1024, fieldSide * fieldSide);
  const moments = new Float64Array(memory.buffer, 0, 4);
  const out = new Float32Array(memory.buffer, 16_384, size * rowOut);
  const random = seeded(4);
  for (let at = 0; at < size; at++) taper[at] = random();
  for (let at = 0; at < field.length; at++) field[at] = 3 + random();
  const kernel = windowKernel(memory, size, taper.byteOffset, 4 * rowOut);

  const first = 7 * fieldSide + 11;
  const from = field.byteOffset + 4 * first;
  const at = (x: number, y: number) => field[first + y * fieldSide + x] ?? 0;
  let [sum, squares] = [0, 0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      sum += at(x, y);
      squares += at(x, y) ** 2;
    }
  }
  kernel.moments(from, 4 * fieldSide, moments.byteOffset);
  expect((moments[0] ?? 0) + (moments[1] ?? 0)).toBeCloseTo(sum, 9);
  expect((moments[2] ?? 0) + (moments[3] ?? 0)).toBeCloseTo(squares, 9);

  const [mean, gain] = [sum / size ** 2, 2.5];
  kernel.cut(from, 4 * fieldSide, out.byteOffset, mean, gain);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const expected = (at(x, y) - mean) * gain * (taper[x] ?? 0) * (taper[y] ?? 0);
      expect(out[y * rowOut + x]).toBeCloseTo(expected, 5);
    }
  }
});
