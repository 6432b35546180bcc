/** A picture with ramps and grain, 320 x 240 unless told, encoded by the browser. */
export async function encodedPicture(
  type: 'image/png' | 'image/jpeg' = 'image/png',
  width = 320,
  height = 240,
): Promise<ArrayBuffer> {
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) throw new Error('No 2-D canvas in this context');
  const pixels = context.createImageData(width, height);
  // A linear congruential generator (Numerical Recipes): the same grain every time.
  let state = 1;
  for (let at = 0; at < pixels.data.length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const x = (at / 4) % width;
    const y = Math.floor(at / 4 / width);
    pixels.data.set([(x * 255) / width, (y * 255) / height, 96 + (state >>> 27), 255], at);
  }
  context.putImageData(pixels, 0, 0);
  return (await context.canvas.convertToBlob({ type, quality: 0.9 })).arrayBuffer();
}
