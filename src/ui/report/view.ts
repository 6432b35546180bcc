/** A size in CSS pixels of the pane, or in pixels of the picture. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * What a pane shows: the point of the picture (its pixels) at the pane's middle, and how many CSS
 * pixels one of its pixels takes. Panes that share a view show the same part, whatever their sizes.
 */
export interface View {
  readonly center: Point;
  readonly scale: number;
}

/** Largest enlargement: one pixel of the picture as a square of 40 CSS pixels. */
export const MAX_SCALE = 40;

/** The scale at which the whole picture fits into the pane; small pictures are enlarged at most 8 times. */
export function fitScale(picture: Size, pane: Size): number {
  return Math.min(8, pane.width / picture.width, pane.height / picture.height);
}

/** The whole picture, in the middle. */
export function fitted(picture: Size, pane: Size): View {
  return {
    center: { x: picture.width / 2, y: picture.height / 2 },
    scale: fitScale(picture, pane),
  };
}

/** Moved so that no more emptiness shows than must: the picture covers the pane, or lies in its middle. */
export function clamped(view: View, picture: Size, pane: Size): View {
  const least = Math.min(fitScale(picture, pane), MAX_SCALE);
  const scale = Math.min(MAX_SCALE, Math.max(least, view.scale));
  const along = (middle: number, length: number, room: number) => {
    const half = room / scale / 2;
    return half * 2 >= length ? length / 2 : Math.min(length - half, Math.max(half, middle));
  };
  return {
    scale,
    center: {
      x: along(view.center.x, picture.width, pane.width),
      y: along(view.center.y, picture.height, pane.height),
    },
  };
}

/** The pixel of the picture under a place of the pane (CSS pixels from its upper left corner). */
export function pixelAt(view: View, pane: Size, at: Point): Point {
  return {
    x: view.center.x + (at.x - pane.width / 2) / view.scale,
    y: view.center.y + (at.y - pane.height / 2) / view.scale,
  };
}

/** Enlarged by `factor`, with the pixel under `at` staying where it is as far as the picture's edges allow. */
export function zoomed(view: View, factor: number, at: Point, picture: Size, pane: Size): View {
  const { scale } = clamped({ ...view, scale: view.scale * factor }, picture, pane);
  const fixed = pixelAt(view, pane, at);
  const center = {
    x: fixed.x - (at.x - pane.width / 2) / scale,
    y: fixed.y - (at.y - pane.height / 2) / scale,
  };
  return clamped({ scale, center }, picture, pane);
}

/** Moved by CSS pixels: positive `by.x` shows what lies further right. */
export function panned(view: View, by: Point, picture: Size, pane: Size): View {
  const center = { x: view.center.x + by.x / view.scale, y: view.center.y + by.y / view.scale };
  return clamped({ ...view, center }, picture, pane);
}

/** Shows a part (pixels of the picture), with a margin of a third around it. */
export function framing(part: Point & Size, picture: Size, pane: Size): View {
  const scale = Math.min(pane.width / (part.width * 1.67), pane.height / (part.height * 1.67));
  const center = { x: part.x + part.width / 2, y: part.y + part.height / 2 };
  return clamped({ center, scale }, picture, pane);
}

/** CSS transform, with its origin in the upper left corner, of a picture laid out at its own size. */
export function transformOf({ center, scale }: View, pane: Size): string {
  const x = pane.width / 2 - center.x * scale;
  const y = pane.height / 2 - center.y * scale;
  return `translate(${x}px, ${y}px) scale(${scale})`;
}
