import { describe, expect, test } from 'vitest';
import { encodedPicture } from '../forensics/picture.fixture';
import { cropImage, drawThumbnail } from './pictures';

const sizeOf = async (encoded: Blob | ArrayBuffer) => {
  const bitmap = await createImageBitmap(new Blob([encoded]));
  return [bitmap.width, bitmap.height];
};

describe('thumbnail', () => {
  test('brings the longer side down', async () => {
    const blob = await drawThumbnail(await encodedPicture('image/jpeg', 300, 200), 96);
    expect(blob?.type).toBe('image/webp');
    expect(await sizeOf(blob ?? new ArrayBuffer(0))).toEqual([96, 64]);
  });

  test('enlarges nothing and keeps at least one pixel a side', async () => {
    const small = await drawThumbnail(await encodedPicture('image/png', 20, 10), 96);
    expect(await sizeOf(small ?? new ArrayBuffer(0))).toEqual([20, 10]);
    const thin = await drawThumbnail(await encodedPicture('image/png', 2000, 2), 96);
    expect(await sizeOf(thin ?? new ArrayBuffer(0))).toEqual([96, 1]);
  });

  test.each([
    ['nothing', new ArrayBuffer(0)],
    ['words', new TextEncoder().encode('<!doctype html>').buffer],
    ['a header without a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]).buffer],
  ])('of %s there is none', async (_, bytes) => {
    expect(await drawThumbnail(bytes, 96)).toBeNull();
  });
});

describe('crop', () => {
  /** 8 x 8, red says the column and green the row. */
  async function map(): Promise<ArrayBuffer> {
    const context = new OffscreenCanvas(8, 8).getContext('2d');
    if (!context) throw new Error('No 2-D canvas in this context');
    const pixels = context.createImageData(8, 8);
    for (let at = 0; at < 64; at++) pixels.data.set([(at % 8) * 10, Math.floor(at / 8) * 10, 0, 255], at * 4);
    context.putImageData(pixels, 0, 0);
    return (await context.canvas.convertToBlob({ type: 'image/png' })).arrayBuffer();
  }

  async function pixelsOf(png: ArrayBuffer): Promise<ImageData> {
    const bitmap = await createImageBitmap(new Blob([png]), { colorSpaceConversion: 'none' });
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    if (!context) throw new Error('No 2-D canvas in this context');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  }

  test('cuts out exactly the pixels asked for', async () => {
    const cut = await pixelsOf(await cropImage(await map(), { x: 2, y: 5, width: 3, height: 2 }));
    expect([cut.width, cut.height]).toEqual([3, 2]);
    expect([...cut.data.subarray(0, 4)]).toEqual([20, 50, 0, 255]);
    expect([...cut.data.subarray(-4)]).toEqual([40, 60, 0, 255]);
  });

  test('what lies outside is cut off', async () => {
    const cut = await pixelsOf(await cropImage(await map(), { x: -3, y: 6, width: 5, height: 40 }));
    expect([cut.width, cut.height]).toEqual([2, 2]);
    expect([...cut.data.subarray(0, 4)]).toEqual([0, 60, 0, 255]);
  });

  test('nothing inside, or no picture, fails with a code', async () => {
    const outside = cropImage(await map(), { x: 8, y: 0, width: 4, height: 4 });
    await expect(outside).rejects.toMatchObject({ code: 'not-an-image' });
    const broken = cropImage(new ArrayBuffer(9), { x: 0, y: 0, width: 4, height: 4 });
    await expect(broken).rejects.toMatchObject({ code: 'undecodable' });
  });
});
