import type { Page } from 'playwright/test';
import { expect, test } from './harness';

/** Chooses photographs of one made-up sensor, drawn in the page, in the field "Photographs from one camera". */
async function choosePhotographs(page: Page, count: number): Promise<void> {
  await page.getByLabel('Photographs from one camera').evaluate(async (input, count) => {
    if (!(input instanceof HTMLInputElement)) throw new Error('No file field');
    const side = 512;
    // A linear congruential generator (Numerical Recipes), four of its numbers for a nearly normal one.
    let state = 7;
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const normal = () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
    const sensor = Float32Array.from({ length: side * side }, () => 0.02 * normal());
    const chosen = new DataTransfer();
    for (let photo = 0; photo < count; photo++) {
      const context = new OffscreenCanvas(side, side).getContext('2d');
      if (!context) throw new Error('No 2-D canvas');
      const pixels = context.createImageData(side, side);
      for (let at = 0; at < side * side; at++) {
        const wave = Math.sin((at % side) / (20 + 3 * photo)) + Math.cos(at / side / (30 - photo));
        const light = 120 + 20 * wave;
        pixels.data.fill(light * (1 + (sensor[at] ?? 0)) + 1.5 * normal(), 4 * at, 4 * at + 3);
        pixels.data[4 * at + 3] = 255;
      }
      context.putImageData(pixels, 0, 0);
      const blob = await context.canvas.convertToBlob({ type: 'image/png' });
      chosen.items.add(new File([blob], `photo-${photo}.png`, { type: 'image/png' }));
    }
    input.files = chosen.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, count);
}

test('a camera: taught from photographs, kept, forgotten', async ({ extension }) => {
  test.setTimeout(180_000);
  const page = await extension.context.newPage();
  await page.goto(extension.url('options.html'));
  const start = page.getByRole('button', { name: 'Learn the pattern' });
  await expect(page.getByText('No camera has been taught yet.')).toBeVisible();
  await expect(start).toBeDisabled();

  await choosePhotographs(page, 3);
  await expect(page.getByText('Choose at least 5 photographs.')).toBeVisible();
  await choosePhotographs(page, 5);
  await page.getByLabel('Name of the camera').fill('Holiday camera');
  await start.click();
  await expect(page.getByText('Holiday camera was learned from 5 photographs.')).toBeVisible({
    timeout: 120_000,
  });

  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden();

  await page.reload();
  const cameras = page.getByRole('list', { name: 'Cameras' });
  await expect(cameras).toContainText('Holiday camera');
  await expect(cameras).toContainText('5 photographs of 512 x 512 pixels');
  // Strong and clear: nothing is said of weakness.
  await expect(cameras).not.toContainText('weak');

  await cameras.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('button', { name: 'Forget' }).first().click();
  await expect(page.getByText('No camera has been taught yet.')).toBeVisible();
});
