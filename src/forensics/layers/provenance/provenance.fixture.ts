import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sniffFormat } from '../../containers';
import type { CredentialReader, EngineServices } from '../../layer';
import { arrayPixelSource } from '../../pixels/array';
import { createForensicImage } from '../../pixels/forensic-image';
import type { LayerResult } from '../../report';
import { provenance } from '.';
import { readCredentials } from './reader';
import { parseTrustStore, type TrustList } from './trust';

const root = join(import.meta.dirname, '../../../..');
const wasm = readFileSync(join(root, 'node_modules/@contentauth/c2pa-wasm/pkg/c2pa_bg.wasm'));
export const shipped = parseTrustStore(
  JSON.parse(readFileSync(join(root, 'public/trust/lists.json'), 'utf8')),
);

/** The real validator with the shipped lists and, where given, others. */
export function realReader(more: readonly TrustList[] = []): CredentialReader {
  const trust = { ...shipped, lists: [...shipped.lists, ...more] };
  return { read: (file, format) => readCredentials(file, format, trust, wasm) };
}

/** The list that a person would get by importing these certificates. */
export const TEST_ROOTS = (pem: string): TrustList[] => [
  {
    id: 'user',
    kind: 'manifest',
    issued: '2026-11-21',
    anchors: pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [],
    allowed: [],
  },
];

const never = (): never => {
  throw new Error('Not asked for by this layer');
};

/** Runs the layer on a file; its pixels are never looked at. */
export function provenanceOf(
  bytes: Uint8Array,
  more: readonly TrustList[] | CredentialReader = [],
): Promise<LayerResult> {
  const credentials = 'read' in more ? more : realReader(more);
  const services: EngineServices = {
    exif: { decode: never },
    jpeg: { roundTrip: never, decode: never },
    detector: { detect: never },
    credentials,
  };
  const image = createForensicImage({
    how: 'file',
    format: sniffFormat(bytes) ?? 'jpeg',
    bytes,
    pixels: arrayPixelSource({ width: 1, height: 1, data: new Uint8ClampedArray(4) }),
  });
  return provenance.analyze(image, services, new AbortController().signal);
}
