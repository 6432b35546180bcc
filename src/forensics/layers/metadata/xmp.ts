import { SaxesParser } from 'saxes';
import { MAX_XML_DEPTH, MAX_XML_ELEMENTS, MAX_XMP_PROPERTIES, MAX_XMP_VALUE } from './limits';

/** One value of one property: `Iptc4xmpExt:DigitalSourceType`, with the standard's own prefix. */
export interface XmpProperty {
  readonly name: string;
  readonly value: string;
}

interface Xmp {
  readonly properties: readonly XmpProperty[];
  /** False where the packet is not well-formed or over a cap; what was read until then is kept. */
  readonly whole: boolean;
}

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

/** Prefixes as the standards write them: a file may choose any, so only the address counts. */
const PREFIXES: Readonly<Record<string, string>> = {
  'http://iptc.org/std/Iptc4xmpExt/2008-02-29/': 'Iptc4xmpExt',
  'http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/': 'Iptc4xmpCore',
  'http://purl.org/dc/elements/1.1/': 'dc',
  'http://purl.org/dc/terms/': 'dcterms',
  'http://ns.adobe.com/xap/1.0/': 'xmp',
  'http://ns.adobe.com/xap/1.0/rights/': 'xmpRights',
  'http://ns.adobe.com/xap/1.0/mm/': 'xmpMM',
  'http://ns.adobe.com/xap/1.0/sType/ResourceEvent#': 'stEvt',
  'http://ns.adobe.com/photoshop/1.0/': 'photoshop',
  'http://ns.adobe.com/camera-raw-settings/1.0/': 'crs',
  'http://ns.adobe.com/exif/1.0/': 'exif',
  'http://ns.adobe.com/tiff/1.0/': 'tiff',
};

class OverCap extends Error {}

/**
 * Reads an XMP packet (ISO 16684-1) to a flat list: properties written as attributes, as elements,
 * as `rdf:resource`, and the items of arrays under their property's name.
 *
 * saxes streams, expands no entity but XML's own five, and loads nothing; depth, elements and
 * values are capped here. Never throws.
 */
export function readXmp(packet: string): Xmp {
  const properties: XmpProperty[] = [];
  const stack: { readonly name: string | null; text: string; hasChild: boolean }[] = [];
  let elements = 0;
  const add = (name: string | null, value: string) => {
    const trimmed = value.trim();
    if (name === null || trimmed === '') return;
    if (properties.length >= MAX_XMP_PROPERTIES) throw new OverCap();
    properties.push({ name, value: trimmed.slice(0, MAX_XMP_VALUE) });
  };
  const parser = new SaxesParser({ xmlns: true, fragment: true, position: false });
  parser.on('opentag', (tag) => {
    if (++elements > MAX_XML_ELEMENTS || stack.length >= MAX_XML_DEPTH) throw new OverCap();
    const parent = stack.at(-1);
    if (parent) parent.hasChild = true;
    // rdf:Description, rdf:Seq, rdf:li ... carry the name of the property they stand in.
    const name =
      tag.uri === RDF || tag.local === 'xmpmeta' ? (parent?.name ?? null) : qualified(tag.uri, tag.local);
    for (const attribute of Object.values(tag.attributes)) {
      if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns' || attribute.prefix === 'xml') continue;
      if (attribute.uri === RDF) {
        if (attribute.local === 'resource') add(name, attribute.value);
      } else if (attribute.uri !== '') {
        add(qualified(attribute.uri, attribute.local), attribute.value);
      }
    }
    stack.push({ name, text: '', hasChild: false });
  });
  parser.on('text', (text) => {
    const top = stack.at(-1);
    if (top && top.text.length < MAX_XMP_VALUE) top.text += text;
  });
  parser.on('cdata', (text) => {
    const top = stack.at(-1);
    if (top && top.text.length < MAX_XMP_VALUE) top.text += text;
  });
  parser.on('closetag', () => {
    const closed = stack.pop();
    if (closed && !closed.hasChild) add(closed.name, closed.text);
  });
  try {
    parser.write(packet.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, '').replace(/\0+$/, ''));
    parser.close();
    return { properties, whole: true };
  } catch {
    // saxes throws at the first error of form, and OverCap is ours: both mean "read no further".
    return { properties, whole: false };
  }
}

function qualified(uri: string, local: string): string {
  return `${PREFIXES[uri] ?? 'other'}:${local}`;
}
