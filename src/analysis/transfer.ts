import * as Comlink from 'comlink';
import type { Analysis, LayerResult } from '../forensics/report';
import type { LayerOutcome } from '../forensics/run-layer';

/** Marks an analysis so that its maps and pictures are transferred through a port instead of copied. */
export function withBuffers(analysis: Analysis): Analysis {
  return Comlink.transfer(analysis, buffersOf(analysis.layers));
}

/** The same for one layer's answer. */
export function outcomeWithBuffers(outcome: LayerOutcome): LayerOutcome {
  return Comlink.transfer(outcome, buffersOf([outcome.result]));
}

function buffersOf(layers: readonly LayerResult[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { map, picture } of layers) {
    for (const data of [map?.data, picture?.data]) {
      if (data && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
    }
  }
  return [...buffers];
}
