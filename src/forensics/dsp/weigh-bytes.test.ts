import { expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { swapBytes, weighBytes } from './weigh-bytes';

it.each([1, 3, 4096, 4097, 10_001])('%i words are weighed byte by byte', (count) => {
  const random = seeded(count);
  const words = Int32Array.from({ length: count }, () => Math.floor(2 ** 32 * random()));
  const values = new Float32Array(count + 2).fill(-1);
  weighBytes(words, [114, 587, 299], values);
  const expected = Float32Array.from(
    words,
    (word) => (114 * (word & 255) + 587 * ((word >>> 8) & 255) + 299 * ((word >>> 16) & 255)) / 1000,
  );
  expect(values.slice(0, count)).toEqual(expected);
  expect([...values.slice(count)]).toEqual([-1, -1]);
});

it('greys keep their level', () => {
  const values = new Float32Array(256);
  weighBytes(
    Int32Array.from({ length: 256 }, (_, grey) => grey * 0x10101),
    [299, 587, 114],
    values,
  );
  expect(values).toEqual(Float32Array.from({ length: 256 }, (_, grey) => grey));
});

it.each([1, 3, 4096, 10_001])('%i words change the order of their bytes', (count) => {
  const random = seeded(count);
  const words = Int32Array.from({ length: count }, () => Math.floor(2 ** 32 * random()));
  const before = new Uint8Array(words.slice().buffer);
  swapBytes(words);
  const after = new Uint8Array(words.buffer);
  const place = [2, 1, 0];
  expect(after).toEqual(
    before.map((_, at) => (at % 4 === 3 ? 255 : (before[at - (at % 4) + (place[at % 4] ?? 0)] ?? 0))),
  );
});
