import { expect, test } from 'vitest';
import { jpeg, jpegExif, jpegXmp, png, pngCompressedText, tiff, utf8Bytes } from '../../containers/hand-made';
import { analyze } from './test-image';

// exifr, saxes and fflate each have a browser build of their own: one file through each.
test('the layer answers the same in a browser', async () => {
  const exif = tiff({ 271: 'Canon', 272: 'Canon EOS R5' }, { 33434: [1, 250], 34855: 200 }, { 2: [52, 1] });
  const camera = await analyze(jpeg([jpegExif(exif)]));
  expect(camera.claim).toEqual({ kind: 'camera', name: 'Canon EOS R5', where: 'EXIF' });
  expect(camera.features.gps).toBe(1);

  const xmp =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" i:DigitalSourceType="trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta>';
  expect((await analyze(jpeg([jpegXmp(xmp)]))).status).toBe('flagged');

  const settings = 'a fox\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1';
  const packed = await analyze(png([pngCompressedText('parameters', utf8Bytes(settings))]));
  expect(packed.claim?.name).toBe('Stable Diffusion');
});
