import type { Page } from 'playwright/test';

/** A camera's JPEG, drawn and encoded by the browser. */
export async function photograph(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const context = new OffscreenCanvas(640, 480).getContext('2d');
    if (!context) throw new Error('no canvas');
    const pixels = context.createImageData(640, 480);
    let state = 7;
    for (let at = 0; at < pixels.data.length; at += 4) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const x = (at / 4) % 640;
      const y = Math.floor(at / 2560);
      const light = 110 + 60 * Math.sin(x / 50) + 40 * Math.cos(y / 40) + (state >>> 27);
      pixels.data.set([light, light * 0.9, light * 0.75, 255], at);
    }
    context.putImageData(pixels, 0, 0);
    const blob = await context.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  return Buffer.from(bytes);
}
