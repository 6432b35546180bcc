/** Pictures that style sheets put on an element: backgrounds, masks, border images, generated content. */

const PROPERTIES = [
  'background-image',
  'content',
  'border-image-source',
  'mask-image',
  'list-style-image',
] as const;
const PSEUDO = [null, '::before', '::after'] as const;

/** Absolute addresses of the element's own and its pseudo-elements' pictures, topmost first. */
export function backgroundsOf(element: Element): string[] {
  const found = PSEUDO.flatMap((pseudo) => {
    const style = getComputedStyle(element, pseudo);
    // A pseudo-element without `content` is not there, whatever its background says.
    if (pseudo !== null && (style.content === 'none' || style.content === 'normal')) return [];
    return PROPERTIES.flatMap((name) => cssUrls(style.getPropertyValue(name)));
  });
  return [...new Set(found)];
}

/**
 * Addresses in a computed CSS image value, in the order of its layers. An `image-set()` gives its
 * sharpest picture only: that is the one with the most to see.
 */
export function cssUrls(value: string): string[] {
  if (!value.includes('url(')) return [];
  return splitLayers(value).flatMap((layer) => {
    if (!/^(-webkit-)?image-set\(/i.test(layer)) return plainUrls(layer);
    const options = splitLayers(layer.slice(layer.indexOf('(') + 1, -1)).map((option) => ({
      url: plainUrls(option)[0],
      density: Number(/([\d.]+)(?:x|dppx)\b/.exec(option)?.[1] ?? 1),
    }));
    const sharpest = options
      .filter((option) => option.url !== undefined)
      .sort((a, b) => b.density - a.density)[0];
    return sharpest?.url === undefined ? [] : [sharpest.url];
  });
}

/** Splits at commas that stand outside brackets and quotes. */
function splitLayers(value: string): string[] {
  const layers: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === ',' && depth === 0) {
      layers.push(value.slice(start, at).trim());
      start = at + 1;
    }
  }
  layers.push(value.slice(start).trim());
  return layers;
}

const URL_FUNCTION = /url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^"'()\s]+))\s*\)/g;

function plainUrls(value: string): string[] {
  return (
    [...value.matchAll(URL_FUNCTION)]
      .map(([, double, single, bare]) => (double ?? single ?? bare ?? '').replace(/\\(.)/gs, '$1'))
      .filter((address) => URL.canParse(address, document.baseURI))
      .map((address) => new URL(address, document.baseURI).href)
      // `url(#clip)` points into the page itself.
      .filter((address) => address.split('#')[0] !== document.URL.split('#')[0])
  );
}
