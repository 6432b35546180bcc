/**
 * The engine's own residual spectrum for `learn.py`: one implementation, so that averages and pictures are
 * measured alike. Reads pictures from standard input (width and height as 32-bit little-endian, then RGB),
 * writes for each CELLS x CELLS 32-bit floats to standard output, all NaN where the picture has no spectrum.
 */
import { loadEngine } from '../engine.mjs';

const engine = await loadEngine(`
  export { arrayPixelSource } from './pixels/array';
  export { createForensicImage } from './pixels/forensic-image';
  export { residualTiles } from './pixels/residual';
  export { CELLS, residualSpectrum } from './layers/fingerprint/spectrum';`);

/** Exactly `count` bytes from a stream at a time; null at its end. */
async function* frames(stream) {
  let held = Buffer.alloc(0);
  let wanted = 8;
  let size = null;
  for await (const chunk of stream) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= wanted) {
      const part = held.subarray(0, wanted);
      held = held.subarray(wanted);
      if (size === null) {
        size = { width: part.readUInt32LE(0), height: part.readUInt32LE(4) };
        wanted = size.width * size.height * 3;
      } else {
        yield { ...size, rgb: part };
        size = null;
        wanted = 8;
      }
    }
  }
}

for await (const { width, height, rgb } of frames(process.stdin)) {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    data[to] = rgb[from];
    data[to + 1] = rgb[from + 1];
    data[to + 2] = rgb[from + 2];
  }
  const image = engine.createForensicImage({
    how: 'file',
    format: 'png',
    bytes: new Uint8Array(),
    pixels: engine.arrayPixelSource({ width, height, data }),
  });
  const spectrum =
    engine.residualSpectrum(engine.residualTiles(image)) ??
    new Float32Array(engine.CELLS ** 2).fill(Number.NaN);
  process.stdout.write(Buffer.from(spectrum.buffer));
}
