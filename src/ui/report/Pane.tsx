import { useRef } from 'preact/hooks';
import { MapCanvas } from '../EvidenceImage';
import { Glyph } from '../icons';
import { OverlayMarks } from '../OverlayMarks';
import { t } from '../text';
import type { Overlay } from './overlays';
import { type Point, type Size, transformOf, type View } from './view';

interface PaneProps {
  readonly label: string;
  /** Id of the element that tells the keys. */
  readonly describedBy: string;
  readonly src: string | null;
  readonly picture: Size;
  readonly overlay: Overlay | null;
  /** 0..1 */
  readonly strength: number;
  readonly view: View;
  readonly pane: Size;
  readonly onZoom: (factor: number, at: Point, pane: Size) => boolean;
  readonly onPan: (by: Point, pane: Size) => void;
  readonly onKey: (key: string) => boolean;
  /** The pointer is over this place of the pane; null when it has left. */
  readonly onPoint: (at: Point | null, pane: Size) => void;
}

/** One window on the picture. Both windows of a comparison share the view and so move together. */
export function Pane(props: PaneProps) {
  const { label, src, picture, overlay, view, pane, onZoom, onPan, onKey, onPoint } = props;
  const dragged = useRef<Point | null>(null);
  const place = (event: MouseEvent & { currentTarget: HTMLElement }): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  return (
    <div
      class="viewer-pane"
      role="application"
      aria-roledescription={t('report.viewer.role')}
      aria-label={label}
      aria-describedby={props.describedBy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is moved by keys has to take the focus.
      tabIndex={0}
      onWheel={(event) => {
        // At either end the wheel scrolls the page again.
        if (onZoom(wheelFactor(event), place(event), pane)) event.preventDefault();
      }}
      onDblClick={(event) => onZoom(2, place(event), pane)}
      onKeyDown={(event) => {
        if (!event.ctrlKey && !event.metaKey && !event.altKey && onKey(event.key)) event.preventDefault();
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerMove={(event) => {
        onPoint(place(event), pane);
        if (!dragged.current) return;
        onPan({ x: dragged.current.x - event.clientX, y: dragged.current.y - event.clientY }, pane);
        dragged.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerUp={() => {
        dragged.current = null;
      }}
      onPointerCancel={() => {
        dragged.current = null;
      }}
      onPointerLeave={() => onPoint(null, pane)}
    >
      <div
        class="viewer-sheet"
        data-pixels={view.scale >= 3 ? '' : undefined}
        style={{
          width: `${picture.width}px`,
          height: `${picture.height}px`,
          transform: transformOf(view, pane),
        }}
      >
        {src === null ? (
          <div class="viewer-blank" />
        ) : (
          <img src={src} alt="" width={picture.width} height={picture.height} draggable={false} />
        )}
        {overlay?.map && <MapCanvas map={overlay.map} strength={props.strength} />}
        {overlay && (
          <OverlayMarks
            regions={overlay.regions}
            marks={overlay.marks}
            width={picture.width}
            height={picture.height}
            scale={view.scale}
          />
        )}
      </div>
      {src === null && (
        <p class="viewer-missing small">
          <Glyph name="unlinked" size={20} />
          {t('report.picture.missing')}
        </p>
      )}
    </div>
  );
}

/** One notch of a wheel (100 units) enlarges by 1.25; a touchpad's pinch sends small steps with Ctrl. */
function wheelFactor({ deltaY, deltaMode, ctrlKey }: WheelEvent): number {
  const lines = deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
  return 1.25 ** ((-deltaY * lines * (ctrlKey ? 4 : 1)) / 100);
}
