import uPlot from 'uplot';
import type { EvidencePlot } from '../../forensics/report';
import { formatNumber } from '../format';
import { words } from '../text';

/** Colours of a plot, as CSS values. */
export interface PlotLook {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  /** One a series, repeated where there are more. */
  readonly series: readonly string[];
  /** Filled behind the plot; null leaves the page's own colour. */
  readonly paper: string | null;
}

const FONT = '12px system-ui, sans-serif';

/** The colours that the page has now: `--ink` and so on of tokens.css. */
export function pageLook(series?: readonly string[]): PlotLook {
  const style = getComputedStyle(document.documentElement);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  // A custom property answers `light-dark(a, b)` as written: a canvas understands only one of them.
  const colour = (name: string, [light, night]: readonly [string, string]) => {
    const value = style.getPropertyValue(name).trim();
    return /^#[0-9a-f]{3,8}$/i.test(value) ? value : dark ? night : light;
  };
  return {
    ink: colour('--ink', ['#1c1d1f', '#ecebe7']),
    soft: colour('--ink-soft', ['#53565a', '#b0b2b4']),
    line: colour('--line', ['#dcd8ce', '#36393c']),
    series: series ?? (dark ? DARK : LIGHT),
    paper: null,
  };
}

/** The look on paper and in exported files. */
export function paperLook(series?: readonly string[]): PlotLook {
  return { ink: '#1c1d1f', soft: '#53565a', line: '#dcd8ce', series: series ?? LIGHT, paper: '#ffffff' };
}

const LIGHT = ['#0e4a92', '#a33a05', '#1b6e45', '#845000', '#6b3fa0', '#54595f'];
const DARK = ['#9abcff', '#ff9f6e', '#7fd6a4', '#eeb35f', '#c9a6f5', '#b6bbc1'];

/** uPlot's columns: x, then one a series. What a logarithmic scale cannot show becomes a gap. */
export function plotData({ x, y, series }: EvidencePlot): uPlot.AlignedData {
  const positive = (value: number | null) => (value !== null && value > 0 ? value : null);
  const length = x.values.length;
  const xs =
    x.scale === 'log' ? x.values.map((value) => (value > 0 ? value : Number.MIN_VALUE)) : [...x.values];
  const columns = series.map(({ values }) =>
    Array.from({ length }, (_, i) => (y.scale === 'log' ? positive(values[i] ?? null) : (values[i] ?? null))),
  );
  return [xs, ...columns];
}

/** uPlot's settings for a plot. Every word is a text node or drawn on the canvas: uPlot writes no markup of ours. */
export function plotOptions(
  plot: EvidencePlot,
  look: PlotLook,
  size: { readonly width: number; readonly height: number },
): uPlot.Options {
  const axis = (label: string, values: (marks: number[]) => string[]): uPlot.Axis => ({
    label,
    labelFont: FONT,
    font: FONT,
    stroke: look.soft,
    grid: { stroke: look.line, width: 1 },
    ticks: { stroke: look.line, width: 1 },
    values: (_self, splits) => values(splits),
  });
  const figures = (marks: (number | null)[]) =>
    marks.map((mark) => (mark === null ? '' : formatNumber(mark)));
  return {
    ...size,
    scales: {
      x: { time: false, ...(plot.x.scale === 'log' ? { distr: 3 } : {}) },
      y: plot.y.scale === 'log' ? { distr: 3 } : {},
    },
    axes: [axis(words(plot.x.label), figures), { ...axis(words(plot.y.label), figures), size: 64 }],
    series: [
      { label: words(plot.x.label), value: (_self, value) => shown(value) },
      ...plot.series.map((series, index): uPlot.Series => {
        const colour = look.series[index % look.series.length] ?? look.ink;
        return {
          label: words(series.label),
          stroke: colour,
          width: series.kind === 'points' ? 0 : series.reference ? 1 : 1.6,
          value: (_self, value) => shown(value),
          points: { show: series.kind === 'points', size: 5, fill: colour },
          ...(series.reference ? { dash: [5, 4] } : {}),
          ...(series.kind === 'bars' && uPlot.paths.bars
            ? { fill: `${colour}66`, paths: uPlot.paths.bars({ size: [0.9, 40], align: 0 }), width: 0 }
            : {}),
        };
      }),
    ],
    cursor: { y: false, points: { size: 6 } },
    plugins: [drawMarks(plot, look)],
  };
}

function shown(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatNumber(value);
}

/** Vertical lines with their names at the places that the plot marks, and the paper behind it all. */
function drawMarks({ marks = [] }: EvidencePlot, look: PlotLook): uPlot.Plugin {
  return {
    hooks: {
      drawClear: ({ ctx }) => {
        if (look.paper === null) return;
        ctx.save();
        ctx.fillStyle = look.paper;
        ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
        ctx.restore();
      },
      draw: (self) => {
        const { ctx, bbox } = self;
        ctx.save();
        ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
        ctx.fillStyle = look.ink;
        ctx.strokeStyle = look.ink;
        ctx.setLineDash([3, 3]);
        for (const [index, mark] of marks.entries()) {
          const x = self.valToPos(mark.x, 'x', true);
          if (x < bbox.left || x > bbox.left + bbox.width) continue;
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          // Neighbouring names would write over each other on one line.
          const row = bbox.top + (12 + 13 * (index % 3)) * devicePixelRatio;
          ctx.textAlign = x > bbox.left + bbox.width / 2 ? 'right' : 'left';
          ctx.fillText(words(mark.label), x + (ctx.textAlign === 'left' ? 4 : -4) * devicePixelRatio, row);
        }
        ctx.restore();
      },
    },
  };
}
