import { StatusIcon } from '../icons';
import { t } from '../text';
import type { ShownReport } from '../VerdictCard';
import { layerName } from '../verdict';
import { Words } from '../Words';

/** For each sign that was found, what else could have caused it, in one place. */
export function Innocent({ report }: { report: ShownReport }) {
  const signs = report.layers.filter(({ status }) => status === 'flagged' || status === 'warning');
  return (
    <section class="report-part" aria-labelledby="innocent-title" id="innocent">
      <h2 id="innocent-title">{t('report.innocent.title')}</h2>
      {signs.length === 0 ? (
        <p>{t('report.innocent.none')}</p>
      ) : (
        <>
          <p class="small">{t('report.innocent.intro')}</p>
          <dl class="innocent">
            {signs.map((layer) => (
              <div key={layer.id} data-status={layer.status}>
                <dt>
                  <StatusIcon status={layer.status} />
                  <span>
                    <strong>{layerName(layer.id)}:</strong> <Words text={layer.label} />
                  </span>
                </dt>
                {layer.explanation.otherwise.length === 0 && (
                  <dd class="soft">{t('report.innocent.unknown')}</dd>
                )}
                {layer.explanation.otherwise.map((text) => (
                  <dd key={JSON.stringify(text)}>
                    <Words text={text} />
                  </dd>
                ))}
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
