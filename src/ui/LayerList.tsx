import { useState } from 'preact/hooks';
import type { Fact, LayerResult } from '../forensics/report';
import type { Text } from '../forensics/text';
import { EvidenceImage, PictureOfEvidence } from './EvidenceImage';
import { foremost } from './foremost';
import { formatDuration, formatNumber } from './format';
import { Glyph, StatusIcon } from './icons';
import { LineList } from './report/PartList';
import { TreeView } from './report/TreeView';
import { t, words } from './text';
import { layerLooksAt, layerName, statusWord, weightWords } from './verdict';
import { Words } from './Words';

/** The image that maps are laid over. */
interface MappedImage {
  /** Address of the picture or its thumbnail; null where none was kept. */
  readonly src: string | null;
  /** Pixels of the analysed image. */
  readonly width: number;
  readonly height: number;
}

interface LayerListProps {
  readonly layers: readonly LayerResult[];
  readonly image: MappedImage;
}

/** Layers in order of weight, each with status, one line, and an explanation that opens; of many, the rest is folded. */
export function LayerList({ layers, image }: LayerListProps) {
  const { first, rest } = foremost(layers);
  return (
    <section class="layers" aria-labelledby="layers-title">
      <header>
        <h3 id="layers-title">{t('verdict.evidence.title')}</h3>
        <p class="small soft">{t('verdict.evidence.hint')}</p>
      </header>
      <Rows layers={first} image={image} />
      {rest.length > 0 && (
        <details class="layers-rest">
          <summary>
            <Glyph name="chevron" size={12} />
            {t('report.findings.rest', rest.length, [formatNumber(rest.length)])}
          </summary>
          <Rows layers={rest} image={image} />
        </details>
      )}
    </section>
  );
}

function Rows({ layers, image }: LayerListProps) {
  return (
    <ul>
      {layers.map((layer) => (
        <li key={layer.id}>
          <LayerRow layer={layer} image={image} />
        </li>
      ))}
    </ul>
  );
}

interface LayerRowProps {
  readonly layer: LayerResult;
  readonly image: MappedImage;
}

function LayerRow({ layer, image }: LayerRowProps) {
  return (
    <details class="layer" data-status={layer.status}>
      <LayerSummary layer={layer} />
      <LayerDetail layer={layer} image={image} />
    </details>
  );
}

/** The line of a layer that is always seen: its name, its status and what it says. */
export function LayerSummary({ layer }: { layer: LayerResult }) {
  const reason = layer.status === 'unavailable' ? layer.unavailable : undefined;
  return (
    <summary>
      <span class="layer-icon">
        <StatusIcon status={layer.status} />
      </span>
      <span class="layer-head">
        <span class="layer-name">{layerName(layer.id)}</span>
        <span class="layer-status">{statusWord(layer.status)}</span>
        <span class="layer-label">
          <Words text={reason ?? layer.label} />
        </span>
      </span>
      <span class="layer-chevron">
        <Glyph name="chevron" size={14} />
      </span>
    </summary>
  );
}

function LayerDetail({ layer, image }: LayerRowProps) {
  const looksAt = layerLooksAt(layer.id);
  const weight = weightWords(layer);
  return (
    <div class="layer-detail stack">
      {looksAt && <p class="soft">{looksAt}</p>}
      <EvidenceOverImage layer={layer} image={image} />
      {layer.picture && <PictureOfEvidence picture={layer.picture} />}
      <Explained layer={layer} />
      {layer.tree && <TreeView tree={layer.tree} />}
      {layer.facts && layer.facts.length > 0 && <FactsTable facts={layer.facts} />}
      {(weight || layer.ms !== undefined) && (
        <p class="soft">
          {weight} {layer.ms !== undefined && t('verdict.evidence.took', [formatDuration(layer.ms)])}
        </p>
      )}
    </div>
  );
}

/** The image with what the layer can show on it: its map, to compare and to see through, its parts and lines. */
function EvidenceOverImage({ layer, image }: LayerRowProps) {
  const [shown, show] = useState(true);
  const [strength, setStrength] = useState(80);
  const { map, regions = [], marks = [] } = layer;
  if (!map && regions.length === 0 && marks.length === 0) return null;
  return (
    <div class="map-over-image">
      <EvidenceImage
        src={image.src}
        map={shown && map ? map : null}
        strength={strength / 100}
        regions={shown ? regions : []}
        marks={shown ? marks : []}
        numbered
        imageWidth={image.width}
        imageHeight={image.height}
      />
      <div class="map-controls">
        <button type="button" aria-pressed={shown} onClick={() => show(!shown)}>
          {shown ? t('verdict.evidence.map.hide') : t('verdict.evidence.map.show')}
        </button>
        {map && (
          <input
            type="range"
            min="0"
            max="100"
            value={strength}
            disabled={!shown}
            aria-label={t('verdict.evidence.map.strength')}
            title={t('verdict.evidence.map.strength')}
            onInput={(event) => setStrength(event.currentTarget.valueAsNumber)}
          />
        )}
      </div>
      {map && <p class="small soft">{words(map.shows)}</p>}
      {regions.length > 0 && (
        <p class="small soft">
          {t('verdict.evidence.outlined', regions.length, [formatNumber(regions.length)])}
        </p>
      )}
      {marks.length > 0 && <LineList marks={marks} heading="h4" />}
    </div>
  );
}

/** What was seen, what it means, and what else could explain it. */
export function Explained({ layer, heading = 'h4' }: { layer: LayerResult; heading?: 'h3' | 'h4' }) {
  const { seen, means, otherwise } = layer.explanation;
  return (
    <>
      <Sentences title={t('verdict.evidence.seen')} texts={seen} heading={heading} />
      <Sentences title={t('verdict.evidence.means')} texts={means} heading={heading} />
      <Sentences title={t('verdict.evidence.otherwise')} texts={otherwise} heading={heading} />
    </>
  );
}

interface SentencesProps {
  readonly title: string;
  readonly texts: readonly Text[];
  readonly heading: 'h3' | 'h4';
}

function Sentences({ title, texts, heading: Heading }: SentencesProps) {
  if (texts.length === 0) return null;
  return (
    <div>
      <Heading>{title}</Heading>
      {texts.map((text) => (
        <p key={JSON.stringify(text)}>
          <Words text={text} />
        </p>
      ))}
    </div>
  );
}

/** Values come from strangers' files: text nodes in a `bdi`, whatever they hold. */
export function FactsTable({ facts }: { facts: readonly Fact[] }) {
  return (
    <details class="facts">
      <summary>
        <Glyph name="chevron" size={12} />
        {t('verdict.evidence.facts')}
      </summary>
      <dl>
        {facts.map((fact) => (
          <div key={JSON.stringify(fact)}>
            <dt>{words(fact.name)}</dt>
            <dd>
              <Words text={fact.value} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
