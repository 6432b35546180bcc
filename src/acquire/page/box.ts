import { visibleBox } from './candidate';

/** Visible part of an element in the tab's viewport, and that viewport's width, all in CSS pixels. */
export interface TabBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Device pixels for one CSS pixel, zoom included. */
  readonly scale: number;
}

/**
 * Where the element stands in the tab. A frame of another site does not know where it stands
 * itself: null there, and null for what is out of sight.
 */
export function tabBox(element: Element): TabBox | null {
  const box = visibleBox(element);
  if (!box) return null;
  let { x, y } = box;
  for (let frame: Window = window; frame !== frame.top; frame = frame.parent) {
    const holder = frameElementOf(frame);
    if (!holder) return null;
    const outer = holder.getBoundingClientRect();
    x += outer.left + holder.clientLeft;
    y += outer.top + holder.clientTop;
  }
  return { x, y, width: box.width, height: box.height, scale: devicePixelRatio };
}

function frameElementOf(frame: Window): Element | null {
  try {
    return frame.frameElement;
  } catch {
    return null;
  }
}
