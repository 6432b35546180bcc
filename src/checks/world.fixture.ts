import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import { type ExtensionApis, extensionApis } from '../../tests/providers/extension-apis';
import type { AcquiredImage, ImageSource } from '../acquire/types';
import { readHeader } from '../forensics/containers';
import { png, pngText } from '../forensics/containers/hand-made';
import type { Analysis, Verdict } from '../forensics/report';
import { reportOf } from '../history/report.fixture';
import type { AnalyzeRequest, Announcement, ProgressEvent } from '../rpc/contracts';
import type { CheckJob } from './job';
import type { Ports } from './ports';
import { providers } from './providers';
import { CheckRunner } from './runner';

/** Everything around the checks that is not ours to test here: web, engine, badge, clock. */
export interface World {
  readonly ports: Ports;
  /** Storage and permissions of the extension, for the real `src/remote`. */
  readonly apis: ExtensionApis;
  readonly announced: Announcement[];
  /** Every state that the badge was told, with the verdict: `done inconclusive`. */
  readonly shown: string[];
  /** Ids that the engine was asked to analyse, in order. */
  readonly analysed: string[];
  /** Addresses that were fetched, in order. */
  readonly fetched: (string | null)[];
  acquire: Ports['acquire'];
  /** What the engine has to add to an analysis; nothing by itself. */
  laterMap: Ports['analysis']['laterMap'];
  analyze: (request: AnalyzeRequest, onProgress: (event: ProgressEvent) => void) => Promise<Analysis>;
  now: number;
  /** When the alarm is set to ring, or null. */
  alarm: number | null;
  engineVersion: string;
  /** A service worker that starts anew on what is stored. */
  runner(): CheckRunner;
}

export function createWorld(): World {
  const apis = extensionApis();
  vi.stubGlobal('chrome', apis.chrome);
  vi.stubGlobal('navigator', apis.navigator);
  const world: World = {
    apis,
    announced: [],
    shown: [],
    analysed: [],
    fetched: [],
    now: new Date('2026-11-21T12:00').getTime(),
    alarm: null,
    engineVersion: 'pilot',
    acquire: async (source) => imageAt(source),
    analyze: async ({ bytes }) => analysisOf(bytes),
    laterMap: async () => null,
    runner: () => new CheckRunner(world.ports),
    ports: {
      acquire: (source, signal) => {
        world.fetched.push(source.url);
        return world.acquire(source, signal);
      },
      analysis: {
        analyze: (request, onProgress) => {
          world.analysed.push(request.id);
          const bytes = request.bytes.slice(0);
          // As a transfer does: the caller's buffer is gone.
          structuredClone(request.bytes, { transfer: [request.bytes] });
          return world.analyze({ ...request, bytes }, onProgress);
        },
        laterMap: (id) => world.laterMap(id),
        thumbnail: async (bytes) => {
          structuredClone(bytes, { transfer: [bytes] });
          return new Blob(['small']);
        },
      },
      remote: providers,
      announcer: { announce: (announcement) => world.announced.push(announcement) },
      show: (job: CheckJob, verdict: Verdict | null) => {
        world.shown.push(verdict ? `${job.state} ${verdict}` : job.state);
      },
      awake: (work) => work,
      now: () => world.now,
      online: () => apis.navigator.onLine,
      alarm: async (at) => {
        world.alarm = at;
      },
      engineVersion: async () => world.engineVersion,
    },
  };
  return world;
}

/** An image of its own for every address: the address stands in the file. */
export function imageBytes(url: string | null): Uint8Array<ArrayBuffer> {
  return new Uint8Array(png([pngText('Comment', url ?? 'canvas')], 8, 6));
}

export function imageAt({ url, pageUrl }: ImageSource): AcquiredImage {
  const bytes = imageBytes(url);
  return { bytes: bytes.buffer, mime: 'image/png', how: 'original', url, pageUrl, ms: 12, attempts: [] };
}

export function sourceAt(url: string | null, tabId = 7): ImageSource {
  const pageUrl = 'https://news.example/story';
  return { kind: 'image', url, pageUrl, tabId, frameId: 0, windowId: 1, box: null, elementToken: null };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function analysisOf(buffer: ArrayBuffer): Analysis {
  const bytes = new Uint8Array(buffer);
  const header = readHeader(bytes);
  if (!header) throw new Error('the fixture made no image');
  const { id: _, checkedAt: __, source: ___, engine: ____, ...analysis } = reportOf();
  return { ...analysis, image: { ...header, sha256: sha256(bytes), bytes: bytes.byteLength } };
}

/** A promise that nobody ever settles: work that its service worker does not live to see. */
export function never<Result>(): Promise<Result> {
  return new Promise(() => undefined);
}

/**
 * Ends the service worker before its nth write from now: that write and every later one never
 * reach the disk. @returns how many there were, and the next worker's birth
 */
export function killBeforeWrite(nth: number): { readonly writes: () => number; revive(): void } {
  const { transaction } = IDBDatabase.prototype;
  let writes = 0;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    if (args[1] === 'readwrite') writes += 1;
    if (writes >= nth) throw new Error('this service worker is dead');
    return transaction.apply(this, args);
  };
  return {
    writes: () => writes,
    revive() {
      IDBDatabase.prototype.transaction = transaction;
    },
  };
}
