import { useState } from 'preact/hooks';
import type { EvidenceMap, Fact, LayerResult } from '../forensics/report';
import type { Text } from '../forensics/text';
import { EvidenceImage, PictureOfEvidence } from './EvidenceImage';
import { formatDuration } from './format';
import { Glyph, StatusIcon } from './icons';
import { t, words } from './text';
import { layerLooksAt, layerName, statusWord, weightWords } from './verdict';

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

/** Layers in order of weight, each with status, one line, and an explanation that opens. */
export function LayerList({ layers, image }: LayerListProps) {
  return (
    <section class="layers" aria-labelledby="layers-title">
      <header>
        <h3 id="layers-title">{t('verdict.evidence.title')}</h3>
        <p class="small soft">{t('verdict.evidence.hint')}</p>
      </header>
      <ul>
        {layers.map((layer) => (
          <li key={layer.id}>
            <LayerRow layer={layer} image={image} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LayerRowProps {
  readonly layer: LayerResult;
  readonly image: MappedImage;
}

function LayerRow({ layer, image }: LayerRowProps) {
  const reason = layer.status === 'unavailable' ? layer.unavailable : undefined;
  return (
    <details class="layer" data-status={layer.status}>
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
      <LayerDetail layer={layer} image={image} />
    </details>
  );
}

function LayerDetail({ layer, image }: LayerRowProps) {
  const looksAt = layerLooksAt(layer.id);
  const weight = weightWords(layer);
  const { seen, means, otherwise } = layer.explanation;
  return (
    <div class="layer-detail stack">
      {looksAt && <p class="soft">{looksAt}</p>}
      {layer.map && <MapOverImage map={layer.map} image={image} />}
      {layer.picture && <PictureOfEvidence picture={layer.picture} />}
      <Sentences title={t('verdict.evidence.seen')} texts={seen} />
      <Sentences title={t('verdict.evidence.means')} texts={means} />
      <Sentences title={t('verdict.evidence.otherwise')} texts={otherwise} />
      {layer.facts && layer.facts.length > 0 && <FactsTable facts={layer.facts} />}
      {(weight || layer.ms !== undefined) && (
        <p class="soft">
          {weight} {layer.ms !== undefined && t('verdict.evidence.took', [formatDuration(layer.ms)])}
        </p>
      )}
    </div>
  );
}

/** The image with the layer's map over it: on and off to compare, and fainter to see through. */
function MapOverImage({ map, image }: { map: EvidenceMap; image: MappedImage }) {
  const [shown, show] = useState(true);
  const [strength, setStrength] = useState(80);
  return (
    <div class="map-over-image">
      <EvidenceImage
        src={image.src}
        map={shown ? map : null}
        strength={strength / 100}
        regions={[]}
        imageWidth={image.width}
        imageHeight={image.height}
      />
      <div class="map-controls">
        <button type="button" aria-pressed={shown} onClick={() => show(!shown)}>
          {shown ? t('verdict.evidence.map.hide') : t('verdict.evidence.map.show')}
        </button>
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
      </div>
      <p class="small soft">{words(map.shows)}</p>
    </div>
  );
}

function Sentences({ title, texts }: { title: string; texts: readonly Text[] }) {
  if (texts.length === 0) return null;
  return (
    <div>
      <h4>{title}</h4>
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

/** A text of the engine; foreign words are isolated so that they cannot reorder ours. */
export function Words({ text }: { text: Text }) {
  return 'verbatim' in text ? <bdi>{words(text)}</bdi> : words(text);
}
