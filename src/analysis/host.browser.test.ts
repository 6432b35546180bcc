import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { sha256Hex } from '../forensics/hash';
import { LAYERS } from '../forensics/layers';
import { encodedPicture } from '../forensics/picture.fixture';
import type { Analysis } from '../forensics/report';
import type { AnalyzeRequest, ProgressEvent } from '../rpc/contracts';
import { type AnalysisHost, createAnalysisHost, type HostOptions } from './host';

const IDS = LAYERS.map(({ id }) => id as string).sort();

let picture: ArrayBuffer;
/** One sound host for the tests that break nothing: loading the model takes seconds. */
let sound: AnalysisHost;
beforeAll(async () => {
  picture = await encodedPicture();
  sound = createAnalysisHost();
  await sound.warmUp();
}, 60_000);
afterAll(() => sound.close());

const open: AnalysisHost[] = [];
function host(options: HostOptions = {}): AnalysisHost {
  const created = createAnalysisHost(options);
  open.push(created);
  return created;
}
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  vi.restoreAllMocks();
});

let count = 0;
const request = (more: Partial<AnalyzeRequest> = {}): AnalyzeRequest => ({
  id: `check-${count++}`,
  bytes: picture.slice(0),
  how: 'file',
  acquireMs: 5,
  ...more,
});

/** A worker made of a few words of code. */
function worker(code: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), { type: 'module' });
}

/** Takes a lock and never answers: the lock is free again only when the worker is terminated. */
function stuckWorker(lock: string): Worker {
  const hold = `() => { new BroadcastChannel('${lock}').postMessage('held'); return new Promise(() => {}); }`;
  return worker(`navigator.locks.request('${lock}', ${hold}); onmessage = () => {};`);
}

/** Resolves when the stuck worker of that name holds its lock. */
function stuck(lock: string): Promise<void> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(lock);
    channel.onmessage = () => {
      channel.close();
      resolve();
    };
  });
}

const layer = (analysis: Analysis, id: string) => analysis.layers.find((one) => one.id === id);

describe('with its own workers', () => {
  test('analyses an image by every layer and tells how it goes on', async () => {
    const events: ProgressEvent[] = [];
    const asked = request();
    const { bytes, id } = asked;
    const analysis = await sound.analyze(asked, (event) => events.push(event));

    expect(bytes.detached).toBe(true);
    expect(analysis.image).toEqual({
      sha256: await sha256Hex(picture),
      bytes: picture.byteLength,
      format: 'png',
      width: 320,
      height: 240,
    });
    expect(analysis.layers.map(({ id }) => id).sort()).toEqual(IDS);
    for (const id of ['ela', 'frequency', 'metadata', 'model', 'provenance']) {
      expect(layer(analysis, id)?.status, id).not.toBe('unavailable');
    }
    expect(analysis).toMatchObject({ backend: 'wasm', modelVersion: expect.any(String) });
    expect(analysis.timings.acquire).toBe(5);
    expect(analysis.timings.total).toBeGreaterThan(5);
    expect(Object.keys(analysis.timings.layers).sort()).toEqual(IDS);

    expect(events.every((event) => event.id === id && event.total === IDS.length)).toBe(true);
    expect(events[0]).toMatchObject({ step: 'decoding', finished: [] });
    const ended = events.map(({ finished }) => finished.length);
    expect(ended).toEqual(ended.toSorted((a, b) => a - b));
    expect(ended.at(-1)).toBe(IDS.length);
  });

  test('the same image gives the same figures', async () => {
    const engine = host({ workers: 2 });
    const [one, two] = await Promise.all([engine.analyze(request()), engine.analyze(request())]);
    for (const id of IDS) {
      expect(layer(two, id)?.features).toEqual(layer(one, id)?.features);
    }
  });

  test('of pixels only, layers that need the file say so', async () => {
    const analysis = await sound.analyze(request({ how: 'tab-crop' }));
    expect(layer(analysis, 'metadata')).toMatchObject({
      status: 'unavailable',
      unavailable: { key: 'engine.needs_file' },
    });
    expect(layer(analysis, 'model')?.status).not.toBe('unavailable');
    expect(analysis.uncertainty.reasons).toContain('pixels-only');
  });

  test.each([
    ['empty-file', ''],
    ['not-an-image', '<!doctype html><title>Not found</title>'],
    ['undecodable', '\x89PNG\r\n\x1a\n'],
  ])('what cannot be opened fails with %s, and the next image works', async (code, content) => {
    const bytes = Uint8Array.from(content, (char) => char.charCodeAt(0)).buffer;
    await expect(sound.analyze(request({ bytes }))).rejects.toMatchObject({ name: 'ForensicError', code });
    expect((await sound.analyze(request())).image.format).toBe('png');
  });

  test('after the verdict a map of close-ups all over the picture can be had, once', async () => {
    const asked = request();
    const analysis = await sound.analyze(asked);
    expect(layer(analysis, 'model')?.map).toBeUndefined();
    const later = await sound.laterMap(asked.id);
    // 320 x 240 px hold three by three close-ups of 128 px, and 24 cells of 14 px across.
    expect(later).toMatchObject({
      layer: 'model',
      map: { shows: { key: 'layers.model.map_of_many', args: [9] }, width: 23, height: 18, cell: 14 },
    });
    expect(later?.map.data.every((value) => value > 0 && value < 1)).toBe(true);
    expect(new Set(later?.map.data).size).toBeGreaterThan(1);
    expect(await sound.laterMap(asked.id)).toBeNull();
    expect(await sound.laterMap('unknown')).toBeNull();
    expect(layer(await sound.analyze(request()), 'model')?.features).toEqual(
      layer(analysis, 'model')?.features,
    );
  });

  test('another picture comes before the map of the last one', async () => {
    const [first, second] = [request(), request()];
    await sound.analyze(first);
    const [ended] = await Promise.all([sound.laterMap(first.id), sound.analyze(second)]);
    expect(ended).toBeNull();
    expect(await sound.laterMap(first.id)).toBeNull();
    expect((await sound.laterMap(second.id))?.layer).toBe('model');
  });

  test('a picture with room for one close-up, or refused, has no further map', async () => {
    for (const [width, height] of [
      [120, 90],
      [40, 40],
    ]) {
      const asked = request({ bytes: await encodedPicture('image/png', width, height) });
      await sound.analyze(asked);
      expect(await sound.laterMap(asked.id)).toBeNull();
    }
  });

  test('warming up tells the backend', async () => {
    expect(await sound.warmUp()).toMatchObject({ backend: 'wasm', failure: null });
  });
});

describe('a worker that', () => {
  /** The first analysis worker is `bad`, those after it are sound. */
  const firstBad = (bad: () => Worker): HostOptions['spawn'] => {
    let first = true;
    return {
      analysis: () => {
        if (!first) {
          return new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module' });
        }
        first = false;
        return bad();
      },
    };
  };
  const lockFree = (name: string) => navigator.locks.request(name, () => true);

  test('passes the deadline is terminated and replaced', async () => {
    const engine = host({ deadlineMs: 300, spawn: firstBad(() => stuckWorker('late')) });
    await expect(engine.analyze(request())).rejects.toMatchObject({ code: 'analysis-timeout' });
    expect(await lockFree('late')).toBe(true);
  });

  test('computes for ever is terminated as well', async () => {
    const endless = () => worker('onmessage = () => { for (;;); };');
    const engine = host({ deadlineMs: 300, spawn: firstBad(endless) });
    await expect(engine.analyze(request())).rejects.toMatchObject({ code: 'analysis-timeout' });
  });

  const crashing = () => worker('onmessage = () => { throw new Error("out of memory"); };');

  test('crashes as it gets the picture is replaced, and the picture is analysed all the same', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const analysis = await host({ spawn: firstBad(crashing) }).analyze(request());
    expect(layer(analysis, 'frequency')?.status).not.toBe('unavailable');
  });

  test('crashes every time fails its check', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const engine = host({ spawn: { analysis: crashing } });
    await expect(engine.analyze(request())).rejects.toMatchObject({ failure: { code: 'engine-crashed' } });
  });

  test('is cancelled is terminated at once', async () => {
    const engine = host({ spawn: firstBad(() => stuckWorker('cancelled')) });
    const asked = request();
    const held = stuck('cancelled');
    const analysis = engine.analyze(asked);
    const next = engine.analyze(request());
    await held;
    await engine.cancel(asked.id);
    await expect(analysis).rejects.toMatchObject({ code: 'cancelled' });
    expect(await lockFree('cancelled')).toBe(true);
    expect((await next).image.format).toBe('png');
  });
});

test('stopped in the middle, both workers of a picture end and the next one gets others', async () => {
  const workers: { readonly worker: Worker; ended: boolean }[] = [];
  const begun = Promise.withResolvers<void>();
  const engine = host({
    spawn: {
      analysis: () => {
        const made = new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module' });
        const one = { worker: made, ended: false };
        const { terminate } = made;
        made.terminate = () => {
          one.ended = true;
          terminate.call(made);
        };
        workers.push(one);
        begun.resolve();
        return made;
      },
    },
  });
  const asked = request();
  const analysis = engine.analyze(asked);
  await begun.promise;
  await engine.cancel(asked.id);
  await expect(analysis).rejects.toMatchObject({ code: 'cancelled' });
  const stopped = workers.splice(0);
  expect(stopped.length).toBeGreaterThan(0);
  expect(stopped.filter(({ ended }) => !ended)).toEqual([]);

  // Under the same id, as a check that is run again does.
  const again = await engine.analyze({ ...request(), id: asked.id });
  expect(again.layers.map(({ id }) => id).sort()).toEqual(IDS);
  expect(workers.filter(({ ended }) => !ended)).toHaveLength(stopped.length);
});

test('a waiting image is cancelled without disturbing the one before it', async () => {
  const first = sound.analyze(request());
  const waiting = request();
  const second = sound.analyze(waiting);
  await sound.cancel(waiting.id);
  await expect(second).rejects.toMatchObject({ code: 'cancelled' });
  expect((await first).image.width).toBe(320);
});

test('asked for again while it runs, the later caller gets the answer', async () => {
  const asked = request();
  const first = sound.analyze(asked);
  const second = sound.analyze({ ...request(), id: asked.id });
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  expect((await second).image.width).toBe(320);
});

test('closing fails what runs and what waits', async () => {
  const engine = host();
  const both = Promise.allSettled([engine.analyze(request()), engine.analyze(request())]);
  engine.close();
  for (const result of await both) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
  }
});

describe('a model that cannot be had costs its layer and nothing else:', () => {
  const withoutModel = async (model: () => Worker) => {
    vi.spyOn(console, 'error').mockReturnValue();
    const engine = host({ spawn: { model } });
    const analysis = await engine.analyze(request());
    expect(layer(analysis, 'model')).toMatchObject({ status: 'unavailable', score: null });
    expect(layer(analysis, 'ela')?.status).not.toBe('unavailable');
    expect(analysis.uncertainty.reasons).toContain('model-missing');
    expect(await engine.warmUp()).toMatchObject({ backend: null, failure: 'model-failed' });
  };

  test('its worker crashes', () =>
    withoutModel(() => worker('onmessage = () => { throw new Error("no memory"); };')));

  test('its worker cannot be loaded', () => withoutModel(() => new Worker('/no-such-worker.js')));
});
