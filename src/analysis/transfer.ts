import * as Comlink from 'comlink';
import type { Analysis } from '../forensics/report';

/** Marks an analysis so that its maps and pictures are transferred through a port instead of copied. */
export function withBuffers(analysis: Analysis): Analysis {
  const buffers = new Set<ArrayBuffer>();
  for (const { map, picture } of analysis.layers) {
    for (const data of [map?.data, picture?.data]) {
      if (data && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
    }
  }
  return Comlink.transfer(analysis, [...buffers]);
}
