import type { LayerResult } from '../../forensics/report';
import { PictureOfEvidence } from '../EvidenceImage';
import { foremost } from '../foremost';
import { formatDuration, formatNumber } from '../format';
import { Glyph } from '../icons';
import { Explained, FactsTable, LayerSummary } from '../LayerList';
import { t } from '../text';
import { layerLooksAt, weightWords } from '../verdict';
import { Plot } from './Plot';
import { TreeView } from './TreeView';

/** The layer whose tree has a part of the page to itself. */
export const CREDENTIALS = 'provenance';

interface FindingsProps {
  readonly layers: readonly LayerResult[];
  /** Ids of what can be laid over the picture. */
  readonly overlays: ReadonlySet<string>;
  readonly onShow: (id: string) => void;
}

/** All layers in order of weight, signs opened; those that say little folded at the end. */
export function Findings({ layers, overlays, onShow }: FindingsProps) {
  const { first, rest } = foremost(layers);
  const rows = (some: readonly LayerResult[]) => (
    <ul>
      {some.map((layer) => (
        <li key={layer.id}>
          <Finding layer={layer} onShow={overlays.has(layer.id) ? () => onShow(layer.id) : null} />
        </li>
      ))}
    </ul>
  );
  return (
    <section class="report-part layers" aria-labelledby="findings-title" id="findings">
      <h2 id="findings-title">{t('report.findings.title')}</h2>
      <p class="small soft">{t('report.findings.hint')}</p>
      {rows(first)}
      {rest.length > 0 && (
        <details class="layers-rest">
          <summary>
            <Glyph name="chevron" size={12} />
            {t('report.findings.rest', rest.length, [formatNumber(rest.length)])}
          </summary>
          {rows(rest)}
        </details>
      )}
    </section>
  );
}

function Finding({ layer, onShow }: { layer: LayerResult; onShow: (() => void) | null }) {
  const looksAt = layerLooksAt(layer.id);
  const weight = weightWords(layer);
  const isSign = layer.status === 'flagged' || layer.status === 'warning';
  return (
    <details class="layer" data-status={layer.status} open={isSign}>
      <LayerSummary layer={layer} />
      <div class="layer-detail stack">
        {looksAt && <p class="soft">{looksAt}</p>}
        {onShow && (
          <div>
            <button type="button" onClick={onShow}>
              {t('report.viewer.show')}
            </button>
          </div>
        )}
        <Explained layer={layer} heading="h3" />
        {layer.picture && <PictureOfEvidence picture={layer.picture} />}
        {layer.plots?.map((plot, index) => (
          <Plot key={index} plot={plot} />
        ))}
        {layer.tree && layer.id !== CREDENTIALS && <TreeView tree={layer.tree} />}
        {layer.facts && layer.facts.length > 0 && <FactsTable facts={layer.facts} />}
        {(weight || layer.ms !== undefined) && (
          <p class="soft">
            {weight} {layer.ms !== undefined && t('verdict.evidence.took', [formatDuration(layer.ms)])}
          </p>
        )}
      </div>
    </details>
  );
}
