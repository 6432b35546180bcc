import * as Comlink from 'comlink';
import { readCameras } from '../cameras';
import { canvasJpegCodec } from '../forensics/codec';
import { imageOf, receiveImage } from '../forensics/decode';
import type { ForensicImage } from '../forensics/image';
import type { EngineServices } from '../forensics/layer';
import { LAYERS } from '../forensics/layers';
import { type GeneratorSpectra, parseGeneratorSpectra } from '../forensics/layers/fingerprint/averages';
import { laterMapOf } from '../forensics/layers/model/map';
import { createDetector } from '../forensics/model/detector';
import { runLayer } from '../forensics/run-layer';
import { installErrorTransfer } from '../rpc/errors';
import { createCredentialReader } from './credentials-client';
import { createExifDecoder } from './exif-client';
import { NetworkClient } from './network-client';
import type { AnalysisWorkerApi, WorkerEvents } from './protocol';
import { laterMapWithBuffer, outcomeWithBuffers } from './transfer';

/**
 * Runs layers on one picture at a time. It is stopped by terminating it: nothing that a picture can do here
 * survives that.
 */

installErrorTransfer();

let events: Comlink.Remote<WorkerEvents> | null = null;
let image: (ForensicImage & { close(): void }) | null = null;
const never = new AbortController().signal;
/** Settles when the layers that compute and were asked for so far have ended. */
let before: Promise<unknown> = Promise.resolve();

const networks = new NetworkClient(() => void events?.modelStuck());
const detector = createDetector(networks);
/** Ends the map that is being made. */
let mapping = new AbortController();
const services: EngineServices = {
  exif: createExifDecoder(
    () => new Worker(new URL('./exif.worker.ts', import.meta.url), { type: 'module', name: 'exif' }),
  ),
  jpeg: canvasJpegCodec,
  detector,
  credentials: createCredentialReader(
    () => new Worker(new URL('./c2pa.worker.ts', import.meta.url), { type: 'module', name: 'c2pa' }),
  ),
  cameras: readCameras,
  generatorSpectra() {
    spectra ??= loadSpectra();
    return spectra;
  },
};

let spectra: Promise<GeneratorSpectra> | null = null;

async function loadSpectra(): Promise<GeneratorSpectra> {
  const response = await fetch(new URL('/models/fingerprints.json', self.location.origin));
  return parseGeneratorSpectra(await response.json());
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
  async open(sent) {
    api.dropMap();
    image?.close();
    image = null;
    image = imageOf(await receiveImage(sent));
  },
  async run(id) {
    const layer = LAYERS.find((one) => one.id === id);
    const picture = image;
    if (!layer || !picture) throw new Error(`No layer ${id}, or no picture to run it on`);
    const begin = async () => outcomeWithBuffers(await runLayer(layer, picture, services, never));
    if (layer.waits) return begin();
    const outcome = before.then(begin);
    before = outcome.catch(() => undefined);
    return outcome;
  },
  release() {
    image?.close();
    image = null;
  },
  async laterMap() {
    mapping.abort();
    mapping = new AbortController();
    const { signal } = mapping;
    const surveying = detector.survey(signal);
    // It has what it needs; asked again there is nothing.
    detector.forget();
    try {
      const found = await surveying;
      return found && laterMapWithBuffer(laterMapOf(found));
    } catch (error) {
      // The report stands: what goes wrong here costs no more than the map.
      if (!signal.aborted) console.error('No map of the networks:', error);
      return null;
    }
  },
  dropMap() {
    mapping.abort();
    detector.forget();
  },
};

Comlink.expose(api);
