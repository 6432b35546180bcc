import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { formatNumber, formatPercent } from '../format';
import { Glyph } from '../icons';
import { t } from '../text';
import { useSize } from '../useSize';
import { type Overlay, valueAt } from './overlays';
import { Pane } from './Pane';
import { LineList, PartList } from './PartList';
import {
  clamped,
  fitScale,
  fitted,
  framing,
  MAX_SCALE,
  type Point,
  panned,
  pixelAt,
  type Size,
  type View,
  zoomed,
} from './view';

interface ViewerProps {
  /** Address of the picture or its preview; null where neither was kept. */
  readonly src: string | null;
  /** Size of the analysed image. A preview is stretched to it, so that maps fit. */
  readonly picture: Size;
  readonly overlays: readonly Overlay[];
  /** Id of the chosen overlay, or null for none. */
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}

/** How far an arrow key moves: a share of the pane. */
const KEY_STEP = 0.15;

/** The picture with the evidence over it: enlarged down to single pixels, moved, and compared. */
export function Viewer({ src, picture, overlays, chosen, onChoose }: ViewerProps) {
  const stage = useRef<HTMLDivElement>(null);
  const room = useSize(stage);
  const keys = useId();
  const [view, setView] = useState<View | null>(null);
  const [strength, setStrength] = useState(80);
  const [shown, show] = useState(true);
  const [side, setSide] = useState(false);
  const [pointed, point] = useState<Point | null>(null);

  const overlay = overlays.find(({ id }) => id === chosen) ?? null;
  const both = side && overlay !== null;
  const pane = useMemo(() => room && paneOf(room, both), [room, both]);
  // A pane of another size shows the same middle; the first one shows all.
  const current = pane && (view ? clamped(view, picture, pane) : fitted(picture, pane));
  useEffect(() => setView(null), [picture, both]);
  // Whoever chooses evidence wants to see it.
  useEffect(() => show(true), [chosen]);

  const zoom = (factor: number, at: Point, inside: Size): boolean => {
    if (!current) return false;
    const next = zoomed(current, factor, at, picture, inside);
    setView(next);
    return next.scale !== current.scale;
  };
  const middle = (inside: Size): Point => ({ x: inside.width / 2, y: inside.height / 2 });
  const pan = (by: Point, inside: Size) => current && setView(panned(current, by, picture, inside));
  const pixels = () =>
    pane && current && setView(clamped({ ...current, scale: 1 / devicePixelRatio }, picture, pane));
  const press = (key: string): boolean => {
    if (!pane) return false;
    const step = { x: pane.width * KEY_STEP, y: pane.height * KEY_STEP };
    const moves: Readonly<Record<string, () => unknown>> = {
      ArrowLeft: () => pan({ x: -step.x, y: 0 }, pane),
      ArrowRight: () => pan({ x: step.x, y: 0 }, pane),
      ArrowUp: () => pan({ x: 0, y: -step.y }, pane),
      ArrowDown: () => pan({ x: 0, y: step.y }, pane),
      '+': () => zoom(1.5, middle(pane), pane),
      '=': () => zoom(1.5, middle(pane), pane),
      '-': () => zoom(1 / 1.5, middle(pane), pane),
      0: () => setView(fitted(picture, pane)),
      1: pixels,
      ' ': () => show(!shown),
    };
    const move = Object.hasOwn(moves, key) ? moves[key] : undefined;
    move?.();
    return move !== undefined;
  };

  const paneProps = pane &&
    current && {
      src,
      picture,
      view: current,
      pane,
      strength: strength / 100,
      describedBy: keys,
      onZoom: zoom,
      onPan: pan,
      onKey: press,
      onPoint: (at: Point | null, inside: Size) => point(at && pixelAt(current, inside, at)),
    };
  const over = shown ? overlay : null;
  return (
    <section class="viewer" aria-label={t('report.viewer.label')}>
      <div class="viewer-tools">
        <label class="viewer-choice">
          <span class="small soft">{t('report.viewer.layer')}</span>
          <select
            value={chosen ?? ''}
            onChange={(event) =>
              onChoose(event.currentTarget.value === '' ? null : event.currentTarget.value)
            }
          >
            <option value="">{t('report.viewer.none')}</option>
            {overlays.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" aria-pressed={shown} disabled={!overlay} onClick={() => show(!shown)}>
          {t('report.viewer.overlay')}
        </button>
        <label class="viewer-strength">
          <span class="small soft">{t('report.viewer.strength')}</span>
          <input
            type="range"
            min="0"
            max="100"
            value={strength}
            disabled={!over?.map}
            onInput={(event) => setStrength(event.currentTarget.valueAsNumber)}
          />
        </label>
        <button type="button" aria-pressed={side} disabled={!overlay} onClick={() => setSide(!side)}>
          {t('report.viewer.side')}
        </button>
      </div>
      <div class="viewer-stage" ref={stage} data-side={both ? '' : undefined}>
        {paneProps && both && <Pane {...paneProps} overlay={null} label={t('report.viewer.pane')} />}
        {paneProps && (
          <Pane
            {...paneProps}
            overlay={over}
            label={over ? t('report.viewer.paneOver') : t('report.viewer.pane')}
          />
        )}
      </div>
      <div class="viewer-tools">
        <span class="row viewer-zoom">
          <button
            type="button"
            class="icon"
            aria-label={t('report.viewer.farther')}
            title={t('report.viewer.farther')}
            disabled={!pane || !current || current.scale <= fitScale(picture, pane)}
            onClick={() => pane && zoom(1 / 1.5, middle(pane), pane)}
          >
            <Glyph name="minus" />
          </button>
          <button
            type="button"
            class="icon"
            aria-label={t('report.viewer.closer')}
            title={t('report.viewer.closer')}
            disabled={!current || current.scale >= MAX_SCALE}
            onClick={() => pane && zoom(1.5, middle(pane), pane)}
          >
            <Glyph name="plus" />
          </button>
          <button type="button" onClick={() => pane && setView(fitted(picture, pane))}>
            {t('report.viewer.all')}
          </button>
          <button type="button" onClick={pixels}>
            {t('report.viewer.pixels')}
          </button>
        </span>
        <span class="small soft figures viewer-place">
          {pointed && placeWords(pointed, over, picture)}{' '}
          {current &&
            t('report.viewer.zoom', [formatPercent(Math.round(current.scale * devicePixelRatio * 100))])}
        </span>
      </div>
      {overlay?.map && (
        <p class="viewer-legend small">
          <span class="viewer-ramp" role="img" aria-label={t('report.viewer.ramp')} />
          {overlay.shows}
        </p>
      )}
      {overlay && overlay.marks.length > 0 && <LineList marks={overlay.marks} />}
      {overlay && overlay.regions.length > 0 && (
        <PartList
          regions={overlay.regions}
          onFrame={(region) => pane && setView(framing(region, picture, pane))}
        />
      )}
      <details class="choice small">
        <summary>
          <Glyph name="chevron" size={12} />
          {t('report.viewer.help')}
        </summary>
        <p id={keys} class="soft">
          {t('report.viewer.keys')}
        </p>
      </details>
    </section>
  );
}

function paneOf(room: Size, side: boolean): Size {
  return side ? { width: (room.width - PANE_GAP) / 2, height: room.height } : room;
}

/** As in report.css. */
const PANE_GAP = 4;

function placeWords(at: Point, overlay: Overlay | null, { width, height }: Size): string {
  const [x, y] = [Math.floor(at.x), Math.floor(at.y)];
  if (x < 0 || y < 0 || x >= width || y >= height) return '';
  const value = valueAt(overlay?.map ?? null, x, y, width, height);
  const place: [string, string] = [formatNumber(x), formatNumber(y)];
  return value === null
    ? t('report.viewer.at', place)
    : t('report.viewer.atValue', [...place, formatNumber(Math.round(value * 100) / 100)]);
}
