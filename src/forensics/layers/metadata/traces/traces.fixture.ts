import { readContainer } from '../../../containers';
import { bytes, jpeg, jpegXmp, tiff } from '../../../containers/hand-made';
import { decodeExif } from '../exif-decoder';
import { metadataView } from '../view';
import { findTraces, type Trace } from '.';

export async function traces(file: Uint8Array): Promise<Trace[]> {
  const container = readContainer(file);
  const exif = container.exif ? await decodeExif(container.exif) : {};
  return findTraces(metadataView(container, exif).view);
}

export async function first(file: Uint8Array): Promise<Trace | undefined> {
  return (await traces(file))[0];
}

export const A1111 = [
  'a lighthouse in a storm',
  'Negative prompt: blurry',
  'Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1234, Size: 512x512, Model hash: abc, Model: dreamshaper_8, Version: v1.6.0',
].join('\n');

export const COMFY_PROMPT = {
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd_xl_base_1.0.safetensors' } },
  '3': { class_type: 'KSampler', inputs: { seed: 1, model: ['4', 0] } },
};
export const COMFY_WORKFLOW = {
  nodes: [{ id: 4, type: 'CheckpointLoaderSimple', widgets_values: ['v1-5.ckpt'] }],
  links: [],
  version: 0.4,
};

/** UserComment with a character code, as a TIFF block. */
export function userComment(
  code: 'UNICODE\0' | 'ASCII\0\0\0',
  text: Uint8Array,
  more: Record<number, string> = {},
): Uint8Array {
  return tiff(more, { 37510: bytes(code, text) });
}

export function xmp(attributes: string, inner = ''): string {
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" ${attributes}>${inner}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
}

export const withXmp = (attributes: string, inner = '') => jpeg([jpegXmp(xmp(attributes, inner))]);
export const TRAINED = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
