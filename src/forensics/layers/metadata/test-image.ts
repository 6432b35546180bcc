/** For tests: an image of given bytes, and services of which only the EXIF decoder answers. */
import { readContainer, readHeader } from '../../containers';
import type { ForensicImage } from '../../image';
import type { EngineServices } from '../../layer';
import type { LayerResult } from '../../report';
import type { Text } from '../../text';
import { metadata } from '.';
import { decodeExif } from './exif-decoder';

export const never = () => Promise.reject(new Error('not for this layer'));

export const services: EngineServices = {
  exif: { decode: (block) => decodeExif(block) },
  jpeg: { roundTrip: never, decode: never },
  detector: { detect: never },
  credentials: { read: never },
};

function imageOf(file: Uint8Array | null): ForensicImage {
  const header = file ? readHeader(file) : null;
  const nothing = () => ({ width: 0, height: 0, data: new Uint8ClampedArray() });
  return {
    how: file ? 'file' : 'tab-crop',
    format: header?.format ?? 'png',
    width: header?.width ?? 8,
    height: header?.height ?? 8,
    bytes: file,
    container: () => (file ? readContainer(file) : null),
    pixels: { width: 8, height: 8, region: nothing, raw: async () => 'rgb', close: () => {} },
    lumaTiles: () => [],
    scaledToShorterSide: nothing,
    scaledSoon: async () => nothing(),
  };
}

/** Runs the layer on a file's bytes, or on pixels without a file. */
export function analyze(
  file: Uint8Array | null,
  given: EngineServices = services,
  signal = new AbortController().signal,
): Promise<LayerResult> {
  return metadata.analyze(imageOf(file), given, signal);
}

/** Every text of a result that a page would show. */
export function shownTexts(result: LayerResult): Text[] {
  const { seen, means, otherwise } = result.explanation;
  return [
    result.label,
    ...(result.unavailable ? [result.unavailable] : []),
    ...seen,
    ...means,
    ...otherwise,
    ...(result.facts ?? []).flatMap(({ name, value }) => [name, value]),
  ];
}
