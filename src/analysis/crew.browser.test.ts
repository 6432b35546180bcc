import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type DecodedImage, decodeImage, imageOf, imageSender, receiveImage } from '../forensics/decode';
import type { Layer } from '../forensics/layer';
import { encodedPicture } from '../forensics/picture.fixture';
import type { LayerOutcome } from '../forensics/run-layer';
import { createCrew } from './crew';
import { Lane } from './lane';

const never = new AbortController().signal;
/** Long enough for a busy machine, short enough for a test of what passes it. */
const DEADLINE_MS = 1500;

let image: DecodedImage;
let lanes: Lane[] = [];
let spawned = 0;

beforeAll(async () => {
  image = await decodeImage(new Uint8Array(await encodedPicture('image/png', 96, 80)), 'file', never);
});
beforeEach(() => {
  spawned = 0;
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => {
  for (const lane of lanes) lane.stop('test over');
  vi.restoreAllMocks();
});

function crew(count: number, spawn = fixtureWorker, coldFactor = 1) {
  lanes = Array.from(
    { length: count },
    () =>
      new Lane({
        spawn: () => {
          spawned += 1;
          return spawn();
        },
        modelPort: () => null,
        modelStuck: () => {},
        modelDeadlineMs: 1000,
      }),
  );
  return createCrew(lanes, {
    layerDeadlineMs: DEADLINE_MS,
    coldFactor,
    crashed: (detail) => new Error(`crashed: ${detail}`),
  });
}

function fixtureWorker(): Worker {
  return new Worker(new URL('./lane.worker.fixture.ts', import.meta.url), { type: 'module' });
}

/** Layers by name only: what they do stands in the fixture's worker. */
function layer(id: string, more: Partial<Layer> = {}): Layer {
  return {
    // Any name serves: the crew hands it on as it is.
    id: id as Layer['id'],
    family: 'pixels',
    needs: ['pixels'],
    analyze: () => Promise.reject(new Error('Runs in a worker only')),
    ...more,
  };
}

const told = (outcomes: readonly LayerOutcome[]) =>
  Object.fromEntries(
    outcomes.map(({ result: { id, status, unavailable } }) => [
      id,
      unavailable && 'key' in unavailable ? unavailable.key : status,
    ]),
  );
const silent = () => undefined;

test('two workers share the layers, and each is told as it ends', async () => {
  const ended: string[] = [];
  const layers = ['a', 'b', 'c', 'd', 'e'].map((id) => layer(id));
  const outcomes = await crew(2).run(image, layers, 1, ({ result }) => ended.push(result.id), never);
  expect(ended.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(outcomes.map(({ result }) => result.features.width)).toEqual([96, 96, 96, 96, 96]);
  expect(spawned).toBe(2);
});

describe('a layer that', () => {
  test('passes its deadline is ended and told so, the others finish', async () => {
    const layers = ['endless', 'a', 'b', 'c'].map((id) => layer(id));
    const outcomes = await crew(2).run(image, layers, 1, silent, never);
    expect(told(outcomes)).toEqual({ endless: 'engine.layer_late', a: 'clear', b: 'clear', c: 'clear' });
  });

  test('passes it in the only worker: the next worker goes on with the rest', async () => {
    const layers = ['a', 'endless', 'b'].map((id) => layer(id));
    const outcomes = await crew(1).run(image, layers, 1, silent, never);
    expect(told(outcomes)).toEqual({ a: 'clear', endless: 'engine.layer_late', b: 'clear' });
    expect(spawned).toBe(2);
  });

  test('passes it last leaves nothing hanging', async () => {
    expect(told(await crew(1).run(image, [layer('endless')], 1, silent, never))).toEqual({
      endless: 'engine.layer_late',
    });
  });

  test('crashes its worker costs itself only', async () => {
    const layers = ['crash', 'a', 'b'].map((id) => layer(id));
    expect(told(await crew(2).run(image, layers, 1, silent, never))).toEqual({
      crash: 'engine.layer_crashed',
      a: 'clear',
      b: 'clear',
    });
  });

  test('waits in a worker that another one ends is begun again', async () => {
    const layers = [layer('waits', { waits: true }), layer('endless'), layer('a')];
    expect(told(await crew(1).run(image, layers, 1, silent, never))).toEqual({
      waits: 'clear',
      endless: 'engine.layer_late',
      a: 'clear',
    });
  });

  test('has longer where this machine decodes slowly', async () => {
    // 96 x 80 px: 5 ms and 0.0768 ms.
    const usual = 5.0768;
    const started = performance.now();
    const outcomes = await crew(1).run(image, [layer('endless')], 1.6 * usual, silent, never);
    expect(performance.now() - started).toBeGreaterThan(2400);
    expect(outcomes[0]?.result.unavailable).toEqual({ key: 'engine.layer_late', args: [2.4] });
  });
});

test('a new worker has longer, until it has been through a picture', async () => {
  const team = crew(1, fixtureWorker, 2);
  const late = async () =>
    (await team.run(image, [layer('endless')], 1, silent, never))[0]?.result.unavailable;
  expect(await late()).toEqual({ key: 'engine.layer_late', args: [3] });
  await team.run(image, [layer('a')], 1, silent, never);
  expect(await late()).toEqual({ key: 'engine.layer_late', args: [1.5] });
});

test('aborted, its workers are ended at once and the next picture gets others', async () => {
  const team = crew(2);
  const controller = new AbortController();
  const work = team.run(image, [layer('endless'), layer('endless')], 1, silent, controller.signal);
  setTimeout(() => controller.abort(new Error('asked again')), 100);
  await expect(work).rejects.toThrow('asked again');
  expect(told(await team.run(image, [layer('a')], 1, silent, never))).toEqual({ a: 'clear' });
});

test('workers that cannot be had fail the picture, with the reason', async () => {
  const broken = () => new Worker('/no-such-worker.js');
  await expect(crew(1, broken).run(image, [layer('a')], 1, silent, never)).rejects.toThrow('crashed');
});

describe('a picture sent to another thread', () => {
  const whole = { x: 0, y: 0, width: 64, height: 48 };

  /** Both readings of the picture as sent, which must be those of the picture itself. */
  async function sendsAs(kind: typeof VideoFrame | typeof ImageBitmap, bytes: Uint8Array<ArrayBuffer>) {
    const original = await decodeImage(bytes, 'file', never);
    const sender = imageSender(original);
    const sent = await sender.send();
    const again = await sender.send();
    expect(sent.pixels).toBeInstanceOf(kind);
    const received = imageOf(await receiveImage(structuredClone(sent, { transfer: [sent.pixels] })));
    sender.close();
    again.pixels.close();
    const here = imageOf(original);
    expect([received.width, received.height]).toEqual([here.width, here.height]);
    const rect = { ...whole, width: here.width, height: here.height };
    expect(received.pixels.region(rect).data).toEqual(here.pixels.region(rect).data);
    const words = [new Int32Array(64 * 48), new Int32Array(64 * 48)] as const;
    const orders = [await received.pixels.raw(rect, words[0]), await here.pixels.raw(rect, words[1])];
    const greens = words.map((own) => [...own].map((word) => (word >>> 8) & 255));
    expect(greens[0]).toEqual(greens[1]);
    received.close();
    here.close();
    return orders;
  }

  async function drawn(type: string): Promise<Uint8Array<ArrayBuffer>> {
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('No canvas');
    const pixels = context.createImageData(64, 48);
    for (let at = 0; at < pixels.data.length; at++) pixels.data[at] = (at * 7919) % 256;
    context.putImageData(pixels, 0, 0);
    return new Uint8Array(await (await canvas.convertToBlob({ type })).arrayBuffer());
  }

  test('shares its memory where it is a JPEG', async () => {
    expect(await sendsAs(VideoFrame, await drawn('image/jpeg'))).toEqual(['bgr', 'bgr']);
  });

  test('is a bitmap where parts are half transparent', async () => {
    expect(await sendsAs(ImageBitmap, await drawn('image/png'))).toEqual(['rgb', 'rgb']);
  });

  test('is a bitmap where it is shown turned', async () => {
    const plain = await drawn('image/jpeg');
    // APP1 with a big-endian TIFF header and one tag: orientation (0x0112), a short, 6: a quarter to the right.
    const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1];
    const tag = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
    const app1 = [0xff, 0xe1, 0, 2 + exif.length + tag.length, ...exif, ...tag];
    await sendsAs(ImageBitmap, Uint8Array.from([...plain.slice(0, 2), ...app1, ...plain.slice(2)]));
  });
});
