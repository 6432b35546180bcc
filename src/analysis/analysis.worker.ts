import * as Comlink from 'comlink';
import { analyze } from '../forensics/analyze';
import { canvasJpegCodec } from '../forensics/codec';
import { type FusionConfig, parseFusionConfig } from '../forensics/fusion';
import type { EngineServices } from '../forensics/layer';
import { createDetector } from '../forensics/model/detector';
import { installErrorTransfer } from '../rpc/errors';
import { createCredentialReader } from './credentials-client';
import { createExifDecoder } from './exif-client';
import { NetworkClient } from './network-client';
import type { AnalysisWorkerApi, WorkerEvents } from './protocol';
import { withBuffers } from './transfer';

/**
 * Decodes and measures one image at a time. It is stopped by terminating it: nothing that an image can do
 * here survives that.
 */

installErrorTransfer();

let events: Comlink.Remote<WorkerEvents> | null = null;
let fusion: Promise<FusionConfig> | null = null;

const networks = new NetworkClient(() => void events?.modelStuck());
const services: EngineServices = {
  exif: createExifDecoder(
    () => new Worker(new URL('./exif.worker.ts', import.meta.url), { type: 'module', name: 'exif' }),
  ),
  jpeg: canvasJpegCodec,
  detector: createDetector(networks),
  credentials: createCredentialReader(
    () => new Worker(new URL('./c2pa.worker.ts', import.meta.url), { type: 'module', name: 'c2pa' }),
  ),
};

async function loadFusion(): Promise<FusionConfig> {
  const response = await fetch(new URL('/models/fusion.json', self.location.origin));
  return parseFusionConfig(await response.json());
}

const api: AnalysisWorkerApi = {
  start(given, modelDeadlineMs) {
    networks.deadlineMs = modelDeadlineMs;
    // Comlink hands a proxy of what the host passed.
    events = given as unknown as Comlink.Remote<WorkerEvents>;
  },
  connectModel(port) {
    networks.connect(port);
  },
  async analyze({ number, bytes, how, acquireMs }) {
    fusion ??= loadFusion();
    const analysis = await analyze(
      { bytes: new Uint8Array(bytes), how, acquireMs },
      services,
      await fusion,
      (progress) => void events?.progress(number, progress),
      new AbortController().signal,
    );
    return withBuffers(analysis);
  },
};

Comlink.expose(api);
