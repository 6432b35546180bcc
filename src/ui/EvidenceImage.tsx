import { useEffect, useRef } from 'preact/hooks';
import type { EvidenceMap, EvidenceMark, EvidencePicture, Region } from '../forensics/report';
import { paintMap } from './colormap';
import { Glyph } from './icons';
import { OverlayMarks } from './OverlayMarks';
import { tame } from './sentence';
import { t, words } from './text';
import { useSize } from './useSize';

interface EvidenceImageProps {
  /** Address of the picture or its thumbnail; null where none was kept. */
  readonly src: string | null;
  readonly map: EvidenceMap | null;
  /** Strength of the overlay, 0..1. */
  readonly strength: number;
  /** Outlines of suspected parts, in pixels of the analysed image. */
  readonly regions: readonly Region[];
  /** Lines and arrows, in the same pixels. */
  readonly marks?: readonly EvidenceMark[];
  /** Whether several outlines bear their numbers, counted from 1. */
  readonly numbered?: boolean;
  readonly imageWidth: number;
  readonly imageHeight: number;
}

/** The checked image with a layer's evidence laid over it. The map spans the whole image. */
export function EvidenceImage(props: EvidenceImageProps) {
  const { src, map, strength, regions, marks = [], numbered = false, imageWidth, imageHeight } = props;
  const frame = useRef<HTMLElement>(null);
  const size = useSize(frame);
  return (
    <figure
      ref={frame}
      class="evidence-image"
      style={{
        aspectRatio: `${imageWidth} / ${imageHeight}`,
        '--ratio': String(imageWidth / imageHeight),
      }}
    >
      {src === null ? (
        <div class="evidence-blank">
          <Glyph name="unlinked" size={24} />
          <span>{t('popup.noThumbnail')}</span>
        </div>
      ) : (
        <img src={src} alt={t('popup.image')} />
      )}
      {map && <MapCanvas map={map} strength={strength} />}
      {/* Before it is laid out nobody knows how thick a line is. */}
      {size && (
        <OverlayMarks
          regions={regions}
          marks={marks}
          width={imageWidth}
          height={imageHeight}
          scale={size.width / imageWidth}
          numbered={numbered}
        />
      )}
    </figure>
  );
}

/** A map as colour, stretched over its frame. */
export function MapCanvas({ map, strength }: { map: EvidenceMap; strength: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const pixels = context.createImageData(map.width, map.height);
    paintMap(map.data, pixels.data);
    context.putImageData(pixels, 0, 0);
  }, [map]);
  return (
    <canvas
      ref={canvas}
      class="evidence-map"
      width={map.width}
      height={map.height}
      style={{ opacity: strength }}
      role="img"
      aria-label={t('verdict.evidence.map.canvas', [words(map.shows)])}
    />
  );
}

/** A layer's own picture (a spectrum), with its marks drawn as rings and numbered. */
export function PictureOfEvidence({ picture }: { picture: EvidencePicture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const pixels = context.createImageData(picture.width, picture.height);
    for (let index = 0; index < picture.data.length; index += 1) {
      const grey = picture.data[index] ?? 0;
      pixels.data.set([grey, grey, grey, 255], index * 4);
    }
    context.putImageData(pixels, 0, 0);
  }, [picture]);
  const ring = Math.max(picture.width, picture.height) / 32;
  const labels = [...new Set(picture.marks.map((mark) => mark.label))].filter((label) => label !== '');
  return (
    <figure class="evidence-picture">
      <div style={{ aspectRatio: `${picture.width} / ${picture.height}` }}>
        <canvas
          ref={canvas}
          width={picture.width}
          height={picture.height}
          role="img"
          aria-label={t('verdict.evidence.picture', [words(picture.shows)])}
        />
        <svg viewBox={`0 0 ${picture.width} ${picture.height}`} aria-hidden="true">
          {picture.marks.map((mark) => (
            <g key={`${mark.x} ${mark.y}`}>
              <circle cx={mark.x} cy={mark.y} r={ring} />
              <text x={mark.x + ring * 1.3} y={mark.y - ring * 0.7} font-size={ring * 1.8}>
                {tame(mark.label)}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <figcaption class="small soft">
        {words(picture.shows)}
        {labels.length > 0 && ` ${t('verdict.evidence.marks', [labels.join(', ')])}`}
      </figcaption>
    </figure>
  );
}
