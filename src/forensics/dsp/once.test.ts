import { describe, expect, it } from 'vitest';
import { once, onceEach } from './once';

/** Answers a new object each time but the first, when it throws. */
function failingFirst(): { make: () => { made: number }; calls: () => number } {
  let calls = 0;
  return {
    make() {
      calls++;
      if (calls === 1) throw new RangeError('no memory');
      return { made: calls };
    },
    calls: () => calls,
  };
}

describe('once', () => {
  it('makes nothing before it is asked, and then one thing only', () => {
    let calls = 0;
    const get = once(() => ({ made: ++calls }));
    expect(calls).toBe(0);
    const first = get();
    expect(get()).toBe(first);
    expect(calls).toBe(1);
  });

  it('tries again after a failure', () => {
    const { make, calls } = failingFirst();
    const get = once(make);
    expect(get).toThrow(RangeError);
    expect(get()).toEqual({ made: 2 });
    expect(get()).toEqual({ made: 2 });
    expect(calls()).toBe(2);
  });
});

describe('onceEach', () => {
  it('makes one thing for each key', () => {
    const asked: number[] = [];
    const get = onceEach((size: number) => {
      asked.push(size);
      return { size };
    });
    const [small, large] = [get(64), get(256)];
    expect([small.size, large.size]).toEqual([64, 256]);
    expect(get(64)).toBe(small);
    expect(get(256)).toBe(large);
    expect(asked).toEqual([64, 256]);
  });

  it('tries again after a failure', () => {
    const get = onceEach(failingFirst().make);
    expect(() => get(1)).toThrow(RangeError);
    expect(get(1)).toEqual({ made: 2 });
    expect(get(2)).toEqual({ made: 3 });
  });
});
