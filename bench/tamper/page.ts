/** What `bench/tamper.mjs` runs in Chromium: every layer that may speak of tampering, and their maps. */
import { canvasJpegCodec } from '../../src/forensics/codec';
import { openImage } from '../../src/forensics/decode';
import type { ForensicImage } from '../../src/forensics/image';
import type { EngineServices } from '../../src/forensics/layer';
import { benford } from '../../src/forensics/layers/benford';
import { ela } from '../../src/forensics/layers/ela';
import { jpeg } from '../../src/forensics/layers/jpeg';
import { noise } from '../../src/forensics/layers/noise';
import { pixel } from '../../src/forensics/layers/pixel';
import { tamper } from '../../src/forensics/layers/tamper';
import { METHODS, measure } from '../../src/forensics/layers/tamper/measure';

const LAYERS = [tamper, ela, jpeg, benford, noise, pixel] as const;

interface Heat {
  readonly width: number;
  readonly height: number;
  /** Pixels a side of a cell. */
  readonly cell: number;
  readonly data: readonly number[];
}

interface Measured {
  readonly layers: Readonly<Record<string, { readonly status: string }>>;
  readonly features: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly width: number;
  readonly height: number;
  /** The layers' maps, by layer, of pictures that have a mask. */
  readonly maps: Readonly<Record<string, Heat>>;
  /** What the methods of the layer `tamper` measured, cell by cell; `null` of the rest where it did not run. */
  readonly methods: Methods | null;
}

interface Methods {
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
    const layers: Record<string, { status: string }> = {};
    const features: Record<string, Readonly<Record<string, number>>> = {};
    const maps: Record<string, Heat> = {};
    for (const layer of LAYERS) {
      const result = await layer.analyze(image, services, signal);
      layers[layer.id] = { status: result.status };
      features[layer.id] = result.features;
      const { map } = result;
      if (map && mask !== null) {
        maps[layer.id] = { width: map.width, height: map.height, cell: map.cell, data: rounded(map.data) };
      }
    }
    const { width, height } = image;
    return { layers, features, width, height, maps, methods: await measureMethods(image, mask, signal) };
  } finally {
    image.close();
  }
};

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toPrecision(5)));

async function measureMethods(
  image: ForensicImage,
  mask: string | null,
  signal: AbortSignal,
): Promise<Methods | null> {
  const measured = await measure(image, signal);
  if (!measured) return null;
  const { columns, rows, cell, origin } = measured.sample;
  return {
    cells: Object.fromEntries(METHODS.map((method) => [method, rounded(measured.maps[method])])),
    columns,
    rows,
    cell,
    hasHistory: measured.history.double !== null,
    mask: mask === null ? null : await maskShares(mask, image, { columns, rows, cell, origin }),
  };
}

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
