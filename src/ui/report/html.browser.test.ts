import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExportFigures, reportHtml } from './html';
import { outlineWith } from './outline.fixture';

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function figuresFor(id: string): ExportFigures {
  return {
    width: 400,
    height: 300,
    picture: { src: PIXEL, alt: 'The picture' },
    note: null,
    layers: Object.fromEntries([
      [
        id,
        {
          map: PIXEL,
          picture: PIXEL,
          plots: [{ title: id, src: PIXEL }],
          lines: [{ x1: 1, y1: 2, x2: 3, y2: 4, odd: true }],
        },
      ],
    ]),
  };
}

function parsed(foreign: string): Document {
  const source = reportHtml(outlineWith(foreign), figuresFor(foreign));
  return new DOMParser().parseFromString(source, 'text/html');
}

/** Names of all elements and their attributes, in order: the skeleton of a document. */
function skeleton(page: Document): string {
  return [...page.querySelectorAll('*')]
    .map((element) => `${element.localName}[${element.getAttributeNames().join(' ')}]`)
    .join(' ');
}

const NASTY = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>',
  '</title><svg onload=alert(1)>',
  '<!--',
  ']]>',
  '&lt;b&gt;',
  '&#x3c;script>',
  '</main></body></html>',
  'javascript:alert(1)',
  '\u0000',
  '\u202e',
  '\r\n',
  '\ud800',
];

describe('the exported file', () => {
  it('has the same skeleton whatever foreign words hold, and shows them as they are', () => {
    const usual = skeleton(parsed('word'));
    const foreign = fc
      .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 12 })), {
        minLength: 1,
      })
      // A file is UTF-8: what is no character cannot be written. HTML also unifies line ends and drops NUL.
      .map((parts) => `x${parts.join('')}x`.toWellFormed());
    fc.assert(
      fc.property(foreign, (text) => {
        const page = parsed(text);
        expect(skeleton(page)).toBe(usual);
        const shown = text.replace(/\r\n?/g, '\n').replaceAll('\u0000', '');
        expect(page.querySelector('main > header > p > bdi')?.textContent?.replaceAll('\ufffd', '')).toBe(
          shown.replaceAll('\ufffd', ''),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('has no scripts, no handlers, and loads nothing', () => {
    const page = parsed('word');
    expect(page.querySelectorAll('script, link, iframe, object, embed, form, base')).toHaveLength(0);
    for (const element of page.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on/);
        if (/^(src|href)$/.test(name)) expect(value).toMatch(/^(data:image\/|#picture$)/);
      }
    }
    expect(page.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'");
  });

  it('draws the map and the marks over the picture, in its pixels', () => {
    const [, over] = parsed('word').querySelectorAll('.pair svg');
    expect(over?.getAttribute('viewBox')).toBe('0 0 400 300');
    expect(over?.querySelector('image')?.getAttribute('width')).toBe('400');
    expect(over?.querySelector('line.odd')?.getAttribute('x2')).toBe('3');
  });

  it('shows the sum as bars: the largest half of the width, towards its side', () => {
    const bars = [...parsed('word').querySelectorAll('.sum rect')];
    // 0.5 points against 1.5: a third of the longest bar.
    expect(bars.map((bar) => bar.getAttribute('class'))).toEqual(['real', 'ai']);
    expect(Number(bars[0]?.getAttribute('x'))).toBeCloseTo(100 - 100 / 3, 9);
    expect(Number(bars[1]?.getAttribute('x'))).toBe(100);
    expect(Number(bars[1]?.getAttribute('width'))).toBe(100);
  });
});
