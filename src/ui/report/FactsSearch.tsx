import { useMemo, useState } from 'preact/hooks';
import type { LayerResult } from '../../forensics/report';
import { SearchBox } from '../controls';
import { formatNumber } from '../format';
import { t, words } from '../text';
import { layerName } from '../verdict';
import { CopyButton } from './CopyButton';
import { type FactRow, factsTable, matching } from './facts';

/** All facts of all layers as one table to search and to copy. */
export function FactsSearch({ layers }: { layers: readonly LayerResult[] }) {
  const [search, setSearch] = useState('');
  const all = useMemo(() => factRows(layers), [layers]);
  const rows = matching(all, search);
  return (
    <section class="report-part" aria-labelledby="facts-title" id="facts">
      <h2 id="facts-title">{t('report.facts.title')}</h2>
      {all.length === 0 ? (
        <p>{t('report.facts.none')}</p>
      ) : (
        <>
          <div class="facts-tools">
            <SearchBox
              value={search}
              label={t('report.facts.search')}
              placeholder={t('report.facts.search')}
              onInput={setSearch}
            />
            <CopyButton text={() => factsTable(rows)}>{t('report.facts.copy')}</CopyButton>
          </div>
          <p class="small soft" role="status">
            {rows.length === 0
              ? t('report.facts.noMatch')
              : t('report.facts.shown', [formatNumber(rows.length), formatNumber(all.length)])}
          </p>
          {rows.length > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
            <section class="facts-scroll" tabIndex={0} aria-label={t('report.facts.table')}>
              <table class="facts-table">
                <thead>
                  <tr>
                    <th scope="col">{t('report.facts.column')}</th>
                    <th scope="col">{t('report.facts.name')}</th>
                    <th scope="col">{t('report.facts.value')}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row, index) => (
                    <tr key={index}>
                      <td class="soft">{row.layer}</td>
                      <th scope="row">
                        <bdi>{row.name}</bdi>
                      </th>
                      <td>
                        <bdi>{row.value}</bdi>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </>
      )}
    </section>
  );
}

/** What the file says comes first, whatever its weight. */
function factRows(layers: readonly LayerResult[]): FactRow[] {
  const rank = ({ family }: LayerResult) => (family === 'metadata' ? 0 : 1);
  return [...layers]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap(({ id, facts = [] }) =>
      facts.map((fact) => ({ layer: layerName(id), name: words(fact.name), value: words(fact.value) })),
    );
}
