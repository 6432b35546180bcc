import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { EvidencePlot } from '../../forensics/report';
import { formatNumber } from '../format';
import { Glyph } from '../icons';
import { t, words } from '../text';
import { useSize } from '../useSize';
import { pageLook, plotData, plotOptions } from './plot-options';

const HEIGHT = 240;

/** A curve or histogram: drag across to enlarge a part, point to read values; its figures open as a table. */
export function Plot({ plot, colours }: { plot: EvidencePlot; colours?: readonly string[] }) {
  const host = useRef<HTMLDivElement>(null);
  const width = useSize(host)?.width ?? 0;
  const dark = useDark();
  useEffect(() => {
    const { current } = host;
    if (!current || width === 0) return;
    const chart = new uPlot(
      plotOptions(plot, pageLook(colours), { width, height: HEIGHT }),
      plotData(plot),
      current,
    );
    return () => chart.destroy();
  }, [plot, width, dark, colours]);
  return (
    <figure class="plot">
      <figcaption>{words(plot.title)}</figcaption>
      <div ref={host} class="plot-host" role="img" aria-label={plotSummary(plot)} />
      <Figures plot={plot} />
    </figure>
  );
}

/** What the plot says in words: its axes, its ranges. */
export function plotSummary(plot: EvidencePlot): string {
  const { x, y, title } = plot;
  const parts = plot.series.map((series) => {
    const known = series.values.filter((value): value is number => value !== null);
    return t('report.plots.range', [
      words(series.label),
      formatNumber(Math.min(...known)),
      formatNumber(Math.max(...known)),
    ]);
  });
  const summary = t('report.plots.summary', [
    words(title),
    words(x.label),
    formatNumber(x.values[0] ?? Number.NaN),
    formatNumber(x.values.at(-1) ?? Number.NaN),
    words(y.label),
  ]);
  return `${summary} ${parts.join('. ')}`;
}

/** The same figures for who reads rather than looks; made only when opened. */
function Figures({ plot }: { plot: EvidencePlot }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="choice plot-figures" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Glyph name="chevron" size={12} />
        {t('report.plots.figures')}
      </summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
        <section class="facts-scroll" tabIndex={0} aria-label={words(plot.title)}>
          <table class="facts-table figures">
            <thead>
              <tr>
                <th scope="col">{words(plot.x.label)}</th>
                {plot.series.map((series, index) => (
                  <th key={index} scope="col">
                    {words(series.label)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {plot.x.values.map((x, index) => (
                <tr key={index}>
                  <th scope="row">{formatNumber(x)}</th>
                  {plot.series.map(({ values }, column) => (
                    <td key={column}>{formatNumber(values[index] ?? Number.NaN)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return dark;
}
