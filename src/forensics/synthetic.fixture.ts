import type { ForensicImage } from './image';
import type { EngineServices } from './layer';
import { arrayPixelSource } from './pixels/array';
import { createForensicImage } from './pixels/forensic-image';
import type { ImageFormat } from './report';

/** 0..1, the same numbers for the same seed (a linear congruential generator after Numerical Recipes). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Normal deviates by Box and Muller. */
export function gaussian(seed: number): () => number {
  const random = seeded(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A field over the plane, sampled where asked: values about 0..255. */
export type Scene = (x: number, y: number) => number;

/**
 * A smooth scene of random waves with periods from `finest` px up, of mean 128 and deviation `contrast`:
 * it may be sampled between pixels, so a copy enlarged or shifted by any amount is exactly known.
 */
export function waves(seed: number, finest = 6, contrast = 40, count = 24): Scene {
  const random = seeded(seed);
  const parts = Array.from({ length: count }, () => {
    const period = finest * 2 ** (4 * random());
    const angle = 2 * Math.PI * random();
    const scale = (2 * Math.PI) / period;
    return { u: Math.cos(angle) * scale, v: Math.sin(angle) * scale, phase: 2 * Math.PI * random() };
  });
  const amplitude = contrast * Math.sqrt(2 / count);
  return (x, y) => {
    let sum = 128;
    for (const { u, v, phase } of parts) sum += amplitude * Math.cos(u * x + v * y + phase);
    return sum;
  };
}

/** RGBA of a grey field, rounded and clamped to 0..255. */
export function grey(width: number, height: number, value: Scene): Uint8ClampedArray {
  return colours(width, height, (x, y) => {
    const level = value(x, y);
    return [level, level, level];
  });
}

export function colours(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): Uint8ClampedArray {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = colour(x, y);
      data.set([r, g, b, 255], (y * width + x) * 4);
    }
  }
  return data;
}

/** What a layer is given, over pixels made here. There is no file behind it: only `needs: ['pixels']`. */
export function imageOf(
  width: number,
  height: number,
  data: Uint8ClampedArray,
  format: ImageFormat = 'png',
): ForensicImage {
  return createForensicImage({
    how: 'page-pixels',
    format,
    bytes: new Uint8Array(),
    pixels: arrayPixelSource({ width, height, data }),
  });
}

const unused = () => Promise.reject(new Error('This layer asked for a service that it does not need.'));

/** Services for layers that use none of them. */
export const NO_SERVICES: EngineServices = {
  exif: { decode: unused },
  jpeg: { roundTrip: unused, decode: unused },
  detector: { detect: unused },
  credentials: { read: unused },
};
