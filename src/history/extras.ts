import type { EvidencePlot, EvidenceTree, PlotSeries } from '../forensics/report';
import type { Text } from '../forensics/text';
import {
  PLOT_MAX_POINTS,
  PLOT_MAX_SERIES,
  PLOTS_MAX,
  TREE_MAX_DEPTH,
  TREE_MAX_NODES,
  TREE_MAX_TEXT,
} from './settings';

/** A tree within its caps: the first nodes in reading order, cut off below the deepest level kept. */
export function keptTree(tree: EvidenceTree): EvidenceTree {
  let left = TREE_MAX_NODES - 1;
  const keep = (node: EvidenceTree, depth: number): EvidenceTree => {
    const children: EvidenceTree[] = [];
    for (const child of depth < TREE_MAX_DEPTH ? node.children : []) {
      if (left <= 0) break;
      left -= 1;
      children.push(keep(child, depth + 1));
    }
    const value = node.value && shortText(node.value);
    return { label: shortText(node.label), ...(value ? { value } : {}), children };
  };
  return keep(tree, 1);
}

function shortText(text: Text): Text {
  if ('verbatim' in text) return { verbatim: text.verbatim.slice(0, TREE_MAX_TEXT) };
  if (!text.args) return text;
  return { ...text, args: text.args.map((a) => (typeof a === 'string' ? a.slice(0, TREE_MAX_TEXT) : a)) };
}

/** Plots within their caps, without figures that are no numbers; neighbouring points are averaged. */
export function keptPlots(plots: readonly EvidencePlot[]): EvidencePlot[] {
  return plots.slice(0, PLOTS_MAX).map((plot) => {
    const usable = plot.x.values.flatMap((x, index) => (Number.isFinite(x) ? [index] : []));
    const group = Math.max(1, Math.ceil(usable.length / PLOT_MAX_POINTS));
    const groups = Array.from({ length: Math.ceil(usable.length / group) }, (_, i) =>
      usable.slice(i * group, (i + 1) * group),
    );
    const join = (values: readonly (number | null)[]) =>
      groups.map((indices) => mean(indices.map((index) => values[index])));
    return {
      ...plot,
      x: { ...plot.x, values: join(plot.x.values).map((x) => x ?? 0) },
      series: plot.series
        .slice(0, PLOT_MAX_SERIES)
        .map((series): PlotSeries => ({ ...series, values: join(series.values) })),
    };
  });
}

function mean(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value): value is number => Number.isFinite(value));
  const average = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Number.isFinite(average) ? average : null;
}
