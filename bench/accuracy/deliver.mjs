// @ts-check
/** Makes of pictures what sites make of them, with the browser's own scaler and JPEG encoder. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Longest shorter side in px, and JPEG quality. */
export const DELIVERIES = {
  stored: null,
  web: { shorter: 768, quality: 0.6 },
  hard: { shorter: 512, quality: 0.4 },
};

/**
 * @param {import('playwright').Page} page any page; the work is done in it
 * @param {string} from
 * @param {string} to
 * @param {{ shorter: number, quality: number }} how
 * @returns {Promise<boolean>} false where the browser cannot read the picture
 */
export async function deliver(page, from, to, how) {
  const encoded = await page.evaluate(
    async ({ base64, shorter, quality }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => null);
      if (!bitmap) return null;
      const factor = Math.min(1, shorter / Math.min(bitmap.width, bitmap.height));
      const canvas = new OffscreenCanvas(
        Math.round(bitmap.width * factor),
        Math.round(bitmap.height * factor),
      );
      const context = canvas.getContext('2d');
      if (!context) return null;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
      const out = new Uint8Array(await blob.arrayBuffer());
      let text = '';
      for (let at = 0; at < out.length; at += 0x8000)
        text += String.fromCharCode(...out.subarray(at, at + 0x8000));
      return btoa(text);
    },
    { base64: readFileSync(from).toString('base64'), ...how },
  );
  if (encoded === null) return false;
  writeFileSync(to, Buffer.from(encoded, 'base64'));
  return true;
}
