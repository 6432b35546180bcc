// @ts-check
/** The made pictures of the benchmarks, and the yardstick that their figures stand beside. */

export const SIZES = [
  { name: '0.3', width: 640, height: 480 },
  { name: '2', width: 1600, height: 1200 },
  { name: '12', width: 4000, height: 3000 },
  { name: '50', width: 8192, height: 6144 },
];

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Draws a picture with soft shapes and fine noise (a flat one would be refused, and compress to nothing),
 * and times the yardstick on it. Runs in a page of its own.
 * @param {{ width: number, height: number, rounds: number }} wish
 */
export async function pictureAndYardstick({ width, height, rounds }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2d context');
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let i = 0; i < 200; i += 1) {
    context.fillStyle = `hsl(${random() * 360} ${30 + random() * 40}% ${20 + random() * 60}% / 0.5)`;
    const [x, y] = [random() * width, random() * height];
    context.beginPath();
    context.ellipse(x, y, random() * width * 0.2, random() * height * 0.2, random() * 6, 0, 7);
    context.fill();
  }
  // In strips: the picture and its pixels together would not fit at 50 megapixels.
  for (let top = 0; top < height; top += 256) {
    const pixels = context.getImageData(0, top, width, Math.min(256, height - top));
    for (let i = 0; i < pixels.data.length; i += 4) {
      const noise = (random() - 0.5) * 16;
      for (let c = 0; c < 3; c += 1) pixels.data[i + c] = (pixels.data[i + c] ?? 0) + noise;
    }
    context.putImageData(pixels, 0, top);
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  canvas.width = 1;
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const bitmap = await createImageBitmap(blob);
    const surface = new OffscreenCanvas(width, 256);
    const reader = surface.getContext('2d', { willReadFrequently: true });
    if (!reader) throw new Error('no 2d context');
    for (let top = 0; top < height; top += 256) {
      reader.drawImage(bitmap, 0, -top);
      reader.getImageData(0, 0, width, Math.min(256, height - top));
    }
    bitmap.close();
    times.push(performance.now() - began);
  }
  const text = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',', 2)[1]);
    reader.readAsDataURL(blob);
  });
  return { base64: /** @type {string} */ (text), times };
}
