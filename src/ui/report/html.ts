import { html, Markup } from './markup';
import type { Answer, Finding, Outline, OutlineSum, Row, TreeWords } from './outline';
import { STYLE } from './style';
import { barOf } from './sum';

/** What the exported file shows beside its words; all addresses are `data:` ones made here. */
export interface ExportFigures {
  /** Size of the analysed image, in whose pixels marks are given. */
  readonly width: number;
  readonly height: number;
  /** The picture itself; null where it was not kept. */
  readonly picture: { readonly src: string; readonly alt: string } | null;
  /** Says what became of the picture: made smaller, or not kept. */
  readonly note: string | null;
  readonly layers: Readonly<Record<string, LayerFigures>>;
}

export interface LayerFigures {
  readonly map: string | null;
  readonly picture: string | null;
  readonly plots: readonly { readonly title: string; readonly src: string }[];
  readonly lines: readonly {
    readonly x1: number;
    readonly y1: number;
    readonly x2: number;
    readonly y2: number;
    readonly odd: boolean;
  }[];
}

/**
 * The report as one file: no scripts, nothing loaded from anywhere, readable offline and on paper. Its
 * own content policy forbids scripts and every address but the embedded pictures.
 */
export function reportHtml(outline: Outline, figures: ExportFigures): string {
  const { titles, verdict, scale } = outline;
  const page = html`<!doctype html>
<html lang="${outline.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${outline.heading}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<header data-verdict="${verdict.id}">
<p class="soft">${outline.heading}${outline.where === null ? null : html` · <bdi>${outline.where}</bdi>`}</p>
<h1>${verdict.word}</h1>
<p class="lead">${verdict.sentence}</p>
${verdict.notes.map((note) => html`<p>${note}</p>`)}
</header>
${picture(outline, figures)}
<section><h2>${titles.scale}</h2><p>${scale.summary}</p>${list(scale.doubts)}</section>
${outline.sum && sumSection(titles.sum, outline.sum)}
<section><h2>${titles.evidence}</h2>
${outline.findings.map((finding) => findingSection(finding, outline, figures))}
</section>
${outline.answers.length > 0 ? answers(titles.answers, outline.answers) : null}
<section><h2>${titles.ran}</h2>${table(outline.ran)}</section>
<section><h2>${titles.limits}</h2>${list(outline.limits)}</section>
<footer class="soft">${outline.foot}</footer>
</main>
</body>
</html>
`;
  return page.source;
}

function picture({ titles }: Outline, { picture: shown, note, width, height }: ExportFigures): Markup {
  return html`<section><h2>${titles.picture}</h2>
${
  shown &&
  html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${shown.alt}">
<image id="picture" href="${shown.src}" width="${width}" height="${height}" preserveAspectRatio="none"/></svg></figure>`
}
${note && html`<p class="soft">${note}</p>`}</section>`;
}

function sumSection(title: string, { intro, rows, totalName, total, reads }: OutlineSum): Markup {
  const largest = Math.max(...rows.map(({ value }) => Math.abs(value)));
  return html`<section><h2>${title}</h2><p>${intro}</p>
<table class="sum"><tbody>
${rows.map(({ name, value, shown }) => {
  const { from, length } = barOf(value, largest);
  return html`<tr><th scope="row"><bdi>${name}</bdi></th><td class="bar"><svg viewBox="0 0 200 12" aria-hidden="true">
<line x1="100" x2="100" y1="0" y2="12"/><rect class="${value > 0 ? 'ai' : 'real'}" x="${200 * from}" y="2" width="${200 * length}" height="8"/></svg></td><td class="number">${shown}</td></tr>`;
})}
</tbody><tfoot><tr><th scope="row">${totalName}</th><td></td><td class="number">${total}</td></tr></tfoot></table>
<p>${reads}</p></section>`;
}

function findingSection(finding: Finding, { titles }: Outline, figures: ExportFigures): Markup {
  const own = Object.hasOwn(figures.layers, finding.id) ? figures.layers[finding.id] : undefined;
  return html`<article data-status="${finding.status}">
<h3><bdi>${finding.name}</bdi> <span class="status">${finding.statusWord}</span></h3>
<p><bdi>${finding.label}</bdi></p>
${finding.looksAt && html`<p class="soft">${finding.looksAt}</p>`}
${own && over(finding, own, figures)}
${part(titles.seen, finding.seen)}${part(titles.means, finding.means)}${part(titles.otherwise, finding.otherwise)}
${own?.picture ? image(own.picture, finding.picture ?? finding.name) : null}
${(own?.plots ?? []).map(({ title, src }) => image(src, title))}
${finding.tree && html`<ul class="tree">${tree(finding.tree)}</ul>`}
${finding.facts.length > 0 ? html`<details><summary>${titles.facts}</summary>${table(finding.facts)}</details>` : null}
${finding.weight && html`<p class="soft">${finding.weight}</p>`}
</article>`;
}

/** The picture alone, and beside it the same with the layer's evidence over it. */
function over(
  finding: Finding,
  own: LayerFigures,
  { width, height, picture: below }: ExportFigures,
): Markup | null {
  if (!own.map && own.lines.length === 0) return null;
  const shared = below
    ? html`<use href="#picture"/>`
    : html`<rect class="blank" width="${width}" height="${height}"/>`;
  const thick = Math.max(width, height) / 300;
  return html`<figure class="pair"><svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${shared}</svg>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${finding.map ?? finding.name}">${shared}
${own.map && html`<image href="${own.map}" width="${width}" height="${height}" preserveAspectRatio="none" opacity="0.85"/>`}
${own.lines.map(
  ({ x1, y1, x2, y2, odd }) =>
    html`<line class="${odd ? 'mark odd' : 'mark'}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke-width="${thick}"/><circle class="${odd ? 'mark odd' : 'mark'}" cx="${x2}" cy="${y2}" r="${thick * 2}"/>`,
)}
</svg>${finding.map && html`<figcaption>${finding.map}</figcaption>`}</figure>`;
}

function image(src: string, title: string): Markup {
  return html`<figure class="plot"><img src="${src}" alt="${title}"><figcaption>${title}</figcaption></figure>`;
}

function part(title: string, texts: readonly string[]): Markup | null {
  if (texts.length === 0) return null;
  return html`<h4>${title}</h4>${texts.map((text) => html`<p><bdi>${text}</bdi></p>`)}`;
}

function list(texts: readonly string[]): Markup | null {
  return texts.length > 0 ? html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>` : null;
}

function table(rows: readonly Row[]): Markup {
  return html`<table><tbody>${rows.map(
    ({ name, value }) => html`<tr><th scope="row"><bdi>${name}</bdi></th><td><bdi>${value}</bdi></td></tr>`,
  )}</tbody></table>`;
}

function tree({ label, value, children }: TreeWords): Markup {
  return html`<li><bdi>${label}</bdi>${value === null ? null : html`: <bdi>${value}</bdi>`}${
    children.length > 0 ? html`<ul>${children.map(tree)}</ul>` : null
  }</li>`;
}

function answers(title: string, all: readonly Answer[]): Markup {
  return html`<section><h2>${title}</h2>${all.map(
    ({ name, verdict, word, lines }) =>
      html`<article data-verdict="${verdict}"><h3><bdi>${name}</bdi></h3><p class="tone">${word}</p>${lines.map(
        (line) => html`<p><bdi>${line}</bdi></p>`,
      )}</article>`,
  )}</section>`;
}
