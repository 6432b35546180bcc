/** What `bench/tamper.mjs` runs in Chromium: the tamper layer's own measurements of one picture, cell by cell. */
import { canvasJpegCodec } from '../../src/forensics/codec';
import { openImage } from '../../src/forensics/decode';
import type { EngineServices } from '../../src/forensics/layer';
import { jpeg } from '../../src/forensics/layers/jpeg';
import { tamper } from '../../src/forensics/layers/tamper';
import { METHODS, measure } from '../../src/forensics/layers/tamper/measure';

interface Measured {
  readonly layers: Readonly<Record<string, { readonly status: string }>>;
  readonly features: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly map: readonly number[];
  readonly cells: Readonly<Record<string, readonly number[]>>;
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
  readonly hasHistory: boolean;
  /** Share of each cell that the mask covers; null without a mask, or with one of another size. */
  readonly mask: readonly number[] | null;
}

declare global {
  var measureTampering: (file: string, mask: string | null) => Promise<Measured | null>;
}

/** Only the codec is asked for. */
const services = new Proxy({ jpeg: canvasJpegCodec } as EngineServices, {
  get: (target, name) => {
    if (name === 'jpeg') return target.jpeg;
    throw new Error(`Asked for ${String(name)}`);
  },
});

const decodeBase64 = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

globalThis.measureTampering = async (picture, mask) => {
  const { signal } = new AbortController();
  const image = await openImage(decodeBase64(picture), 'file', signal);
  try {
    const measured = measure(image, signal);
    if (!measured) return null;
    const result = await tamper.analyze(image, services, signal);
    const file = await jpeg.analyze(image, services, signal);
    const { columns, rows, cell, origin } = measured.sample;
    const across = result.map?.width ?? columns;
    const map = Array.from({ length: columns * rows }, (_, at) => {
      const column = at % columns;
      return result.map?.data[((at - column) / columns) * across + column] ?? 0;
    });
    return {
      layers: { tamper: { status: result.status }, jpeg: { status: file.status } },
      features: { tamper: result.features, jpeg: file.features },
      map,
      cells: Object.fromEntries(METHODS.map((method) => [method, [...measured.maps[method]]])),
      columns,
      rows,
      cell,
      hasHistory: measured.history.double !== null,
      mask: mask === null ? null : await maskShares(mask, image, { columns, rows, cell, origin }),
    };
  } finally {
    image.close();
  }
};

async function maskShares(
  mask: string,
  image: { readonly width: number; readonly height: number },
  grid: { columns: number; rows: number; cell: number; origin: { x: number; y: number } },
): Promise<number[] | null> {
  const { signal } = new AbortController();
  const picture = await openImage(decodeBase64(mask), 'file', signal);
  try {
    if (picture.width !== image.width || picture.height !== image.height) return null;
    const { columns, rows, cell, origin } = grid;
    return Array.from({ length: columns * rows }, (_, at) => {
      const column = at % columns;
      const x = origin.x + column * cell;
      const y = origin.y + ((at - column) / columns) * cell;
      const { data } = picture.pixels.region({ x, y, width: cell, height: cell });
      let inside = 0;
      for (let from = 0; from < data.length; from += 4) if ((data[from] ?? 0) > 127) inside++;
      return inside / (cell * cell);
    });
  } finally {
    picture.close();
  }
}
