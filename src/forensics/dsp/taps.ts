/** Weights of Pillow's antialiased resampling (`Resample.c`), in fixed point. */
export type Kernel = 'bicubic' | 'bilinear';

/** Pillow keeps 8 bits for the sample and 2 for the sum's overshoot out of 32. */
const PRECISION_BITS = 32 - 8 - 2;
const ONE = 1 << PRECISION_BITS;

/** Catmull-Rom (Keys 1981 with a = -0.5), as in Pillow; browsers and OpenCV use other values of a. */
const CUBIC_A = -0.5;

const KERNELS: Readonly<Record<Kernel, { support: number; weight: (x: number) => number }>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight: (signed) => {
      const x = Math.abs(signed);
      if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
      if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
      return 0;
    },
  },
};

/** For each output sample: the first input sample, how many, and their fixed-point weights. */
export interface Taps {
  readonly outputs: number;
  readonly start: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights for each output, the first `count` of them in use. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Weights that bring `inputs` samples to `outputs`. When reducing, the kernel widens by the factor
 * (antialiasing); when enlarging, it keeps its own width.
 * @param extent samples that the outputs span, where the last input stands for less than a whole one
 */
export function computeTaps(inputs: number, outputs: number, kernel: Kernel, extent = inputs): Taps {
  const { support: kernelSupport, weight } = KERNELS[kernel];
  const scale = extent / outputs;
  const filterScale = Math.max(1, scale);
  const support = kernelSupport * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(outputs);
  const count = new Int32Array(outputs);
  const weights = new Int32Array(outputs * stride);
  const row = new Float64Array(stride);
  for (let out = 0; out < outputs; out++) {
    const centre = (out + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(inputs, Math.trunc(centre + support + 0.5)) - first;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const value = weight((tap + first - centre + 0.5) / filterScale);
      row[tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap++) {
      const fixed = ((row[tap] ?? 0) / (sum === 0 ? 1 : sum)) * ONE;
      weights[out * stride + tap] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    start[out] = first;
    count[out] = taps;
  }
  return { outputs, start, count, weights, stride };
}
