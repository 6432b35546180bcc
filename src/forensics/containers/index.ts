import type { ImageFormat } from '../report';
import { ContainerBuilder } from './builder';
import type { Container } from './container';
import { readGif } from './gif';
import { readIsobmff } from './isobmff';
import { readJpeg } from './jpeg';
import { readPng } from './png';
import { sniffFormat } from './sniff';
import { readTiff } from './tiff';
import { readWebp } from './webp';

export type { Container, Segment, TextEntry } from './container';
export { type ImageHeader, readHeader } from './header';
export { sniffFormat } from './sniff';

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Container>> = {
  jpeg: readJpeg,
  png: readPng,
  webp: readWebp,
  gif: readGif,
  avif: (bytes) => readIsobmff(bytes, 'avif'),
  heic: (bytes) => readIsobmff(bytes, 'heic'),
  tiff: readTiff,
  bmp: () => new ContainerBuilder('bmp').build(),
  ico: () => new ContainerBuilder('ico').build(),
  svg: () => new ContainerBuilder('svg').build(),
};

/**
 * Reads what a file's container says besides its pixels. Nothing is copied where a view will do:
 * the answer's arrays look into `bytes`.
 * @throws never for content; only for bytes that `sniffFormat` does not know
 */
export function readContainer(bytes: Uint8Array): Container {
  const format = sniffFormat(bytes);
  if (format === null) throw new TypeError('Expected an image that sniffFormat knows');
  return READERS[format](bytes);
}
