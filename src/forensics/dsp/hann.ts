/** Periodic Hann window of `size` samples: sidelobes fall by 18 dB an octave. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / size));
}
