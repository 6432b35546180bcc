import * as Comlink from 'comlink';
import type { Analysis, LaterMap, LayerResult } from '../forensics/report';
import type { LayerOutcome } from '../forensics/run-layer';

/** Marks an analysis so that its maps and pictures are transferred through a port instead of copied. */
export function withBuffers(analysis: Analysis): Analysis {
  return Comlink.transfer(analysis, buffersOf(analysis.layers));
}

/** The same for one layer's answer. */
export function outcomeWithBuffers(outcome: LayerOutcome): LayerOutcome {
  return Comlink.transfer(outcome, buffersOf([outcome.result]));
}

/** The same for a map that comes after them. */
export function laterMapWithBuffer(later: LaterMap): LaterMap {
  return Comlink.transfer(later, buffersOf([later]));
}

function buffersOf(layers: readonly Pick<LayerResult, 'map' | 'picture'>[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { map, picture } of layers) {
    for (const data of [map?.data, picture?.data]) {
      if (data && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
    }
  }
  return [...buffers];
}
