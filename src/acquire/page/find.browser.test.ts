import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { cssUrls } from './css-images';
import { find } from './find';

/** One opaque pixel: any picture will do, the finder never decodes. */
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==';
const OTHER = `${PIXEL}#other`;
const at = { x: 100, y: 100 };

function show(html: string): void {
  document.body.style.margin = '0';
  document.body.innerHTML = html;
}

function url(found: ReturnType<typeof find>): string | null | undefined {
  return found.sure ? found.candidate.url : undefined;
}

beforeAll(() => page.viewport(800, 600));

afterEach(() => {
  document.body.replaceChildren();
});

const box = 'position:absolute;left:0;top:0;width:300px;height:200px';

describe('with the point of the click', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['an image', `<img src="${PIXEL}" style="${box}">`, 'image'],
    ['a CSS background', `<div style="${box};background:url('${PIXEL}')"></div>`, 'background'],
    [
      'an image-set',
      `<div style="${box};background:image-set(url('${PIXEL}') 2x, url('${OTHER}') 1x)"></div>`,
      'background',
    ],
    ['a mask', `<div style="${box};background:red;mask-image:url('${PIXEL}')"></div>`, 'background'],
    [
      'generated content',
      `<style>#p::before{content:'';position:absolute;inset:0;background:url('${PIXEL}')}</style><div id="p" style="${box}"></div>`,
      'background',
    ],
    [
      'an image behind an overlay',
      `<img src="${PIXEL}" style="${box}"><div style="${box};background:#0001"></div>`,
      'image',
    ],
    [
      'an image that takes no clicks',
      `<div style="${box}"><img src="${PIXEL}" style="${box};pointer-events:none"></div>`,
      'image',
    ],
    [
      'an inline SVG image',
      `<svg style="${box}" width="300" height="200"><image href="${PIXEL}" width="300" height="200"/></svg>`,
      'svg-image',
    ],
    ['a poster', `<video poster="${PIXEL}" style="${box}"></video>`, 'poster'],
    [
      'the shown source of a picture',
      `<picture><source type="image/png" srcset="${PIXEL}"><img src="${OTHER}" style="${box}"></picture>`,
      'image',
    ],
    ['an image input', `<input type="image" src="${PIXEL}" style="${box}">`, 'image'],
  ];
  it.each(cases)('%s is found', async (_, html, kind) => {
    show(html);
    const image = document.querySelector('img');
    if (image) await image.decode();
    const found = find({ srcUrl: null, point: at });
    expect(found.sure && found.candidate.kind).toBe(kind);
    expect(url(found)).toBe(PIXEL);
  });

  it("an image that takes no clicks goes before the page's own backdrop", () => {
    show(`<div style="${box}"><img src="${PIXEL}" style="${box};pointer-events:none"></div>`);
    document.body.style.background = `url('${OTHER}')`;
    const found = find({ srcUrl: null, point: at });
    document.body.style.background = '';
    expect(url(found)).toBe(PIXEL);
  });

  it('a canvas has no address', () => {
    show(`<canvas width="300" height="200" style="${box}"></canvas>`);
    const found = find({ srcUrl: null, point: at });
    expect(found.sure && found.candidate).toMatchObject({ kind: 'canvas', url: null });
  });

  it('an image inside an open shadow root is found', () => {
    show(`<div id="host" style="${box}"></div>`);
    const root = document.getElementById('host')?.attachShadow({ mode: 'open' });
    if (root) root.innerHTML = `<img src="${PIXEL}" style="${box}">`;
    expect(url(find({ srcUrl: null, point: at }))).toBe(PIXEL);
  });

  it('nothing under the point: the visible pictures are offered, hidden and tiny ones are not', () => {
    show(`<img src="${PIXEL}" style="position:absolute;left:400px;top:0;width:50px;height:50px">
      <img src="${OTHER}" style="visibility:hidden;position:absolute;left:500px;top:0;width:50px;height:50px">
      <img src="${OTHER}" width="8" height="8" style="position:absolute;left:600px;top:0">`);
    const found = find({ srcUrl: null, point: at });
    expect(!found.sure && found.candidates.map((one) => one.url)).toEqual([PIXEL]);
  });

  it('the picture at the point is taken, not its neighbour', () => {
    show(`<img src="${OTHER}" style="position:absolute;left:0;top:220px;width:300px;height:200px">
      <img src="${PIXEL}" style="${box}">`);
    expect(url(find({ srcUrl: null, point: at }))).toBe(PIXEL);
  });
});

describe('with what the browser holds for hovered', () => {
  it('the only picture in sight is taken', async () => {
    show(`<div id="over" style="${box};background:url('${PIXEL}')"></div>`);
    await userEvent.hover(page.elementLocator(document.getElementById('over') ?? document.body));
    expect(url(find({ srcUrl: null, point: null }))).toBe(PIXEL);
  });

  it('among several the hovered one is only offered first: the pointer may have followed the menu', async () => {
    show(`<div style="position:absolute;left:0;top:220px;width:300px;height:200px;background:url('${OTHER}')"></div>
      <div id="hovered" style="${box};background:url('${PIXEL}')"></div>`);
    await userEvent.hover(page.elementLocator(document.getElementById('hovered') ?? document.body));
    const found = find({ srcUrl: null, point: null });
    expect(!found.sure && found.candidates.map((one) => one.url)).toEqual([PIXEL, OTHER]);
  });
});

it('an address from the browser is found wherever its element stands', () => {
  show(
    `<div style="${box}"></div><img src="${PIXEL}" style="position:absolute;left:400px;top:0;width:90px;height:90px">`,
  );
  const found = find({ srcUrl: PIXEL, point: at });
  expect(found.sure && found.candidate.element.tagName).toBe('IMG');
});

describe('addresses in computed CSS values', () => {
  it.each([
    ['none', []],
    ['linear-gradient(red, blue)', []],
    ['url("https://a.example/x.png")', ['https://a.example/x.png']],
    [
      'linear-gradient(red, blue), url("https://a.example/1.png"), url("https://a.example/2.png")',
      ['https://a.example/1.png', 'https://a.example/2.png'],
    ],
    ['url("https://a.example/a,b(1).png")', ['https://a.example/a,b(1).png']],
    ['url("https://a.example/q\\"uote.png")', ['https://a.example/q%22uote.png']],
    [
      'image-set(url("https://a.example/1.png") 1dppx, url("https://a.example/2.png") 2dppx type("image/png"))',
      ['https://a.example/2.png'],
    ],
  ])('%s', (value, wanted) => {
    expect(cssUrls(value)).toEqual(wanted);
  });

  it('a long hostile value ends at once', () => {
    const began = performance.now();
    cssUrls(`url(${'('.repeat(50_000)}`);
    cssUrls('url("'.repeat(20_000));
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
