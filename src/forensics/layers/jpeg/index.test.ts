import { describe, expect, it } from 'vitest';
import { jpegExif } from '../../containers/hand-made';
import { compressed, exifBlock, imageOf, jpegHeaders, photo } from '../../jpeg/compressed.fixture';
import { ijgTable } from '../../jpeg/tables';
import type { EngineServices } from '../../layer';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { NO_SERVICES } from '../../synthetic.fixture';
import { jpeg } from '.';

const { signal } = new AbortController();
const at = (quality: number) => [ijgTable(quality), ijgTable(quality, 'chroma')] as const;

function analyze(
  picture: RgbaImage,
  quality: number,
  before: readonly Uint8Array[] = [],
  services: EngineServices = NO_SERVICES,
): Promise<LayerResult> {
  const [luma, chroma] = at(quality);
  return jpeg.analyze(imageOf(picture, jpegHeaders(luma, picture, { chroma, before })), services, signal);
}

const thumbnailServices = (thumbnail: RgbaImage): EngineServices => ({
  ...NO_SERVICES,
  jpeg: { ...NO_SERVICES.jpeg, decode: async () => thumbnail },
});

describe('the jpeg layer', () => {
  const original = photo(256, 3);

  it('names the quality of the file, and the earlier one', async () => {
    const twice = await analyze(compressed(compressed(original, ijgTable(70)), ijgTable(90)), 90);
    expect(twice.status).toBe('clear');
    expect(twice.label).toEqual({ key: 'layers.jpeg.label.twice', args: [90, 70] });
    expect(twice.features).toMatchObject({ isJpeg: 1, quality: 90, firstQuality: 70, chromaShare: 0.25 });
    const once = await analyze(compressed(original, ijgTable(90)), 90);
    expect(once.label).toEqual({ key: 'layers.jpeg.label.once', args: [90] });
    expect(once.features).toMatchObject({ quality: 90, firstQuality: 100 });
  });

  it('tells of an earlier compression on another grid, and maps it', async () => {
    const once = compressed(photo(520, 5), ijgTable(65));
    const data = new Uint8ClampedArray(4 * 512 * 512);
    for (let y = 0; y < 512; y++) {
      const from = 4 * ((y + 3) * 520 + 6);
      data.set(once.data.subarray(from, from + 4 * 512), 4 * 512 * y);
    }
    const result = await analyze(compressed({ width: 512, height: 512, data }, ijgTable(90)), 90);
    expect(result.status).toBe('clear');
    expect(result.features.shiftedSeen).toBe(1);
    expect(result.explanation.seen).toContainEqual({
      key: 'layers.jpeg.seen.shifted',
      args: [2, 5, 11, 66], // qualities 65 to 67 have that first step
    });
    expect(result.map).toMatchObject({ width: 32, cell: 16, shows: { key: 'layers.jpeg.map.shifted' } });
    const plain = await analyze(original, 90);
    expect(plain.features.shiftedSeen).toBe(0);
    expect(plain.map).toBeUndefined();
  });

  it('reads the grid and the table of a picture that is shown turned', async () => {
    // Shown 250 px wide from a stored picture turned clockwise: the grid begins at 250 mod 8 = 2.
    const turned = compressed(
      photo(264, 4),
      ijgTable(60).map((_, place, all) => all[8 * (place & 7) + (place >> 3)] ?? 1),
    );
    const data = new Uint8ClampedArray(4 * 250 * 264);
    for (let y = 0; y < 264; y++)
      data.set(turned.data.subarray(4 * (y * 264 + 14), 4 * (y * 264 + 264)), 4 * y * 250);
    const picture = { width: 250, height: 264, data };
    const [luma, chroma] = at(60);
    const file = jpegHeaders(
      luma,
      { width: 264, height: 250 },
      { chroma, before: [jpegExif(exifBlock({ 274: 6 }))] },
    );
    const result = await jpeg.analyze(imageOf(picture, file), NO_SERVICES, signal);
    expect(result.features.gridStrength).toBeGreaterThan(1.2);
    expect(result.features.doubleGain).toBeLessThan(0.0015);
  });

  it('warns of a thumbnail that shows another picture, and not of one that fits', async () => {
    const exif = jpegExif(exifBlock({}, jpegHeaders(ijgTable(50), { width: 96, height: 96 })));
    const small = (seed: number) => imageOf(photo(256, seed)).scaledToShorterSide(96);
    const fits = await analyze(original, 90, [exif], thumbnailServices(small(3)));
    expect(fits.status).toBe('clear');
    expect(fits.features.thumbnailMismatch).toBeLessThan(0.05);
    const differs = await analyze(original, 90, [exif], thumbnailServices(small(9)));
    expect(differs.status).toBe('warning');
    expect(differs.label).toEqual({ key: 'layers.jpeg.label.thumbnail' });
  });

  it('takes a thumbnail that cannot be decoded, or says it is huge, for none', async () => {
    const broken = jpegExif(exifBlock({}, jpegHeaders(ijgTable(50), { width: 96, height: 96 })));
    expect((await analyze(original, 90, [broken])).features.thumbnailMismatch).toBe(0);
    const huge = jpegExif(exifBlock({}, jpegHeaders(ijgTable(50), { width: 9000, height: 96 })));
    expect((await analyze(original, 90, [huge])).features.thumbnailMismatch).toBe(0);
  });

  it('does not read what other codecs wrote, nor what is too small', async () => {
    const webp = imageOf(original, new Uint8Array(), 'webp');
    expect((await jpeg.analyze(webp, NO_SERVICES, signal)).unavailable).toEqual({
      key: 'layers.jpeg.unavailable.format',
      args: ['WEBP'],
    });
    expect((await analyze(photo(32, 1), 90)).unavailable).toEqual({ key: 'layers.jpeg.unavailable.small' });
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(jpeg.analyze(imageOf(original), NO_SERVICES, controller.signal)).rejects.toThrow();
  });
});
