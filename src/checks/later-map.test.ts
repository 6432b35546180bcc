import { beforeEach, expect, it, vi } from 'vitest';
import type { LaterMap } from '../forensics/report';
import { message } from '../forensics/text';
import { getEntry, removeEntry } from '../history';
import { layerOf } from '../history/report.fixture';
import { freshDatabase } from '../storage/fresh.fixture';
import { getJob } from './read';
import { CheckRunner } from './runner';
import { createWorld, sourceAt, type World } from './world.fixture';

const evidence = (value: number, shows: string) => ({
  width: 2,
  height: 2,
  data: new Float32Array(4).fill(value),
  shows: message(shows),
  cell: 4,
});
const many: LaterMap = { layer: 'model', map: evidence(1, 'layers.model.map_of_many') };

let world: World;
beforeEach(async () => {
  await freshDatabase();
  world = createWorld();
  const { analyze } = world;
  world.analyze = async (...asked) => {
    const analysis = await analyze(...asked);
    return { ...analysis, layers: [layerOf({ id: 'ela' }), layerOf({ id: 'model' })] };
  };
});

/** A check to its verdict; `ended` waits for all that went on after it. */
async function check(options: { incognito?: boolean } = {}) {
  const works: Promise<unknown>[] = [];
  const awake = <Result>(work: Promise<Result>) => {
    works.push(work);
    return work;
  };
  const runner = new CheckRunner({ ...world.ports, awake });
  const id = await runner.start(sourceAt('https://cdn.example/1.png'), options);
  await runner.settled(id);
  return { id, ended: () => Promise.all(works) };
}

/** Has the engine answer when it is told to. */
function pending(): { answer: (map: LaterMap) => void } {
  const later: { answer: (map: LaterMap) => void } = { answer: () => undefined };
  const answer = new Promise<LaterMap>((resolve) => {
    later.answer = resolve;
  });
  world.laterMap = () => answer;
  return later;
}

const mapOf = async (id: string) =>
  (await getEntry(id))?.report.layers.find((layer) => layer.id === 'model')?.map;
const told = (id: string) =>
  world.announced.filter((one) => one.type === 'evidence-changed' && one.reportId === id);

it('is added after the verdict, which does not wait for it', async () => {
  const later = pending();
  const { id, ended } = await check();
  expect(await getJob(id)).toMatchObject({ state: 'done', reportId: id });
  expect(await mapOf(id)).toBeUndefined();
  const before = await getEntry(id);

  later.answer(many);
  await ended();
  expect(await mapOf(id)).toEqual(many.map);
  expect(told(id)).toHaveLength(1);
  const after = await getEntry(id);
  const without = (entry: typeof after) => entry?.report.layers.map(({ map: _map, ...layer }) => layer);
  expect(without(after)).toEqual(without(before));
});

it('is asked for by the id of the analysis, once, and only where this computer made one', async () => {
  const asked: string[] = [];
  world.laterMap = async (id) => {
    asked.push(id);
    return null;
  };
  const { id, ended } = await check();
  await ended();
  // The same image again is served from the history.
  await (await check()).ended();
  expect(asked).toEqual([id]);
  expect(told(id)).toEqual([]);
  expect(await mapOf(id)).toBeUndefined();
});

it('that cannot be had costs nothing', async () => {
  const complained = vi.spyOn(console, 'error').mockReturnValue();
  world.laterMap = () => Promise.reject(new Error('the engine is gone'));
  const { id, ended } = await check();
  await ended();
  expect(await mapOf(id)).toBeUndefined();
  expect((await getJob(id))?.state).toBe('done');
  expect(complained).toHaveBeenCalledOnce();
});

it('brings no report back that was removed meanwhile', async () => {
  const later = pending();
  const { id, ended } = await check();
  await removeEntry(id);
  later.answer(many);
  await ended();
  expect(await getEntry(id)).toBeNull();
  expect(told(id)).toEqual([]);
});

it('reaches the report of an incognito window where that is kept', async () => {
  world.laterMap = async () => many;
  const { id, ended } = await check({ incognito: true });
  await ended();
  expect(await mapOf(id)).toEqual(many.map);
});
