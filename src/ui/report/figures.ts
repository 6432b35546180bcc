import uPlot from 'uplot';
import type {
  EvidenceMap,
  EvidenceMark,
  EvidencePicture,
  EvidencePlot,
  LayerResult,
  Region,
} from '../../forensics/report';
import { arrowBacks } from '../arrow';
import { paintMap } from '../colormap';
import { t, words } from '../text';
import type { ShownReport } from '../VerdictCard';
import type { ExportFigures, LayerFigures } from './html';
import { paperLook, plotData, plotOptions } from './plot-options';

/** Longest side of the picture in an exported report, in pixels: sharp on a page, a few hundred kB. */
const EMBEDDED_SIDE = 1600;
const EMBEDDED_QUALITY = 0.9;
/** Length of an arrow's head, as a share of the picture's width. */
const HEAD_SHARE = 0.02;
const PLOT_SIZE = { width: 720, height: 260 };

/** The picture and all evidence of a report as embedded images. */
export async function figuresOf(
  report: ShownReport,
  picture: { readonly blob: Blob | null; readonly isPreview: boolean },
): Promise<ExportFigures> {
  const { width, height } = report.image;
  const embedded = picture.blob ? await embed(picture.blob) : null;
  const layers: [string, LayerFigures][] = [];
  for (const layer of report.layers) layers.push([layer.id, await layerFigures(layer, HEAD_SHARE * width)]);
  return {
    width,
    height,
    picture: embedded && { src: embedded.src, alt: t('report.picture.alt') },
    note: noteOf(picture, embedded, width, height),
    layers: Object.fromEntries(layers),
  };
}

function noteOf(
  { blob, isPreview }: { readonly blob: Blob | null; readonly isPreview: boolean },
  embedded: { readonly width: number } | null,
  width: number,
  height: number,
): string | null {
  if (!blob || !embedded) return t('report.picture.missingNote');
  if (isPreview) return t('report.picture.previewNote');
  return embedded.width < width ? t('report.picture.smaller', [String(width), String(height)]) : null;
}

async function embed(blob: Blob): Promise<{ src: string; width: number } | null> {
  const bitmap = await createImageBitmap(blob).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, EMBEDDED_SIDE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context) context.imageSmoothingQuality = 'high';
  context?.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return {
    width,
    src: await dataUrl(await canvas.convertToBlob({ type: 'image/webp', quality: EMBEDDED_QUALITY })),
  };
}

async function layerFigures(layer: LayerResult, headLength: number): Promise<LayerFigures> {
  const { map, picture, plots = [], marks = [], regions = [] } = layer;
  const drawn: { title: string; src: string }[] = [];
  for (const plot of plots) drawn.push({ title: words(plot.title), src: await plotImage(plot) });
  return {
    map: map ? await mapImage(map) : null,
    picture: picture ? await pictureImage(picture) : null,
    plots: drawn,
    lines: [...marks.flatMap((mark) => markLines(mark, headLength)), ...regions.flatMap(outlineLines)],
  };
}

type Line = LayerFigures['lines'][number];

/** The line, and the two strokes of an arrow's head. */
function markLines({ from, to, kind, tone }: EvidenceMark, headLength: number): Line[] {
  const odd = tone === 'odd';
  const line = (start: EvidenceMark['from']): Line => ({ x1: start.x, y1: start.y, x2: to.x, y2: to.y, odd });
  return [line(from), ...(kind === 'arrow' ? arrowBacks(from, to, headLength).map(line) : [])];
}

/** The four sides of a part. */
function outlineLines({ x, y, width, height }: Region): Line[] {
  const side = (x1: number, y1: number, x2: number, y2: number): Line => ({ x1, y1, x2, y2, odd: false });
  const [right, bottom] = [x + width, y + height];
  return [
    side(x, y, right, y),
    side(right, y, right, bottom),
    side(right, bottom, x, bottom),
    side(x, bottom, x, y),
  ];
}

function mapImage({ width, height, data }: EvidenceMap): Promise<string> {
  return rasterImage(width, height, (pixels) => paintMap(data, pixels));
}

function pictureImage({ width, height, data }: EvidencePicture): Promise<string> {
  return rasterImage(width, height, (pixels) => {
    for (let i = 0; i < data.length; i += 1) {
      const grey = data[i] ?? 0;
      pixels.set([grey, grey, grey, 255], i * 4);
    }
  });
}

async function rasterImage(
  width: number,
  height: number,
  paint: (into: Uint8ClampedArray) => void,
): Promise<string> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  const pixels = new ImageData(width, height);
  paint(pixels.data);
  context?.putImageData(pixels, 0, 0);
  return dataUrl(await canvas.convertToBlob({ type: 'image/png' }));
}

/** A plot on white paper, with the names of its series, as a PNG. */
async function plotImage(plot: EvidencePlot): Promise<string> {
  const look = paperLook();
  const host = document.createElement('div');
  const options = plotOptions(plot, look, PLOT_SIZE);
  const chart = await new Promise<uPlot>((done) => {
    const ready: uPlot.Plugin = { hooks: { draw: (self) => done(self) } };
    new uPlot({ ...options, plugins: [...(options.plugins ?? []), ready] }, plotData(plot), host);
  });
  nameSeries(chart, plot, look.series);
  const src = chart.ctx.canvas.toDataURL('image/png');
  chart.destroy();
  return src;
}

/** The page shows the names in a legend beneath, which is no part of the canvas. */
function nameSeries({ ctx, bbox }: uPlot, { series }: EvidencePlot, colours: readonly string[]): void {
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  for (const [index, { label }] of series.entries()) {
    ctx.fillStyle = colours[index % colours.length] ?? '#000000';
    ctx.fillText(words(label), bbox.left + bbox.width - 6, bbox.top + (14 + 14 * index) * devicePixelRatio);
  }
  ctx.restore();
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(blob);
  });
}
