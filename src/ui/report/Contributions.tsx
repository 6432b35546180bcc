import { formatNumber, formatPercent, wholePercent } from '../format';
import { t } from '../text';
import type { ShownReport } from '../VerdictCard';
import { layerName } from '../verdict';
import { type Addend, barOf, type Sum, sumOf, weighty } from './sum';

/** What the result is made of, as a table with bars that adds up to the likelihood shown. */
export function Contributions({ report }: { report: ShownReport }) {
  const sum = sumOf(report);
  return (
    <section class="report-part" aria-labelledby="sum-title" id="sum">
      <h2 id="sum-title">{t('report.sum.title')}</h2>
      {sum ? <SumTable sum={sum} shown={report.probability} /> : <p>{t('report.sum.none')}</p>}
    </section>
  );
}

function SumTable({ sum, shown }: { sum: Sum; shown: number }) {
  const largest = Math.max(...sum.addends.map(({ value }) => Math.abs(value)));
  const { one, slight, slightSum } = weighty(sum);
  return (
    <>
      <p class="small">{t('report.sum.intro')}</p>
      <table class="sum-table">
        <thead>
          <tr>
            <th scope="col">{t('report.sum.evidence')}</th>
            <td class="sum-sides small soft">
              <span>← {t('report.sum.against')}</span>
              <span>{t('report.sum.towards')} →</span>
            </td>
            <th scope="col" class="number">
              {t('report.sum.points')}
            </th>
          </tr>
        </thead>
        <tbody>
          {one.map((addend) => (
            <Line key={addend.layer ?? ''} addend={addend} largest={largest} />
          ))}
          {slight.length > 0 && (
            <tr class="soft">
              <th scope="row">{restName(slight.length)}</th>
              <td />
              <td class="number">{points(slightSum)}</td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('report.sum.total')}</th>
            <td />
            <td class="number">{points(sum.total)}</td>
          </tr>
        </tfoot>
      </table>
      <p>{readsAs(sum, shown)}</p>
    </>
  );
}

function Line({ addend, largest }: { addend: Addend; largest: number }) {
  const { from, length } = barOf(addend.value, largest);
  return (
    <tr>
      <th scope="row">{addendName(addend)}</th>
      <td>
        <svg class="sum-bar" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">
          <line x1="100" x2="100" y1="0" y2="14" />
          <rect
            data-side={addend.value > 0 ? 'ai' : 'real'}
            x={200 * from}
            y="3"
            width={200 * length}
            height="8"
          />
        </svg>
      </td>
      <td class="number">{points(addend.value)}</td>
    </tr>
  );
}

export function addendName({ layer }: Addend): string {
  return layer === null ? t('report.sum.start') : layerName(layer);
}

export function restName(count: number): string {
  return t('report.sum.rest', count, [formatNumber(count)]);
}

/** Log-odds with their sign and two decimals. */
export function points(value: number): string {
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: 'negative',
  });
  const rounded = format.format(value);
  return Number(value.toFixed(2)) > 0 ? `+${rounded}` : rounded.replace('-', '−');
}

/** What the sum amounts to, and that it is held to 1..99 % where it goes beyond. */
export function readsAs(sum: Sum, shown: number): string {
  const percent = 100 * sum.probability;
  const exact = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 3 });
  const reads = t('report.sum.reads', [points(sum.total), exact.format(sum.probability)]);
  if (percent >= 1 && percent <= 99) return reads;
  return `${reads} ${t('report.sum.held', [formatPercent(wholePercent(shown))])}`;
}
