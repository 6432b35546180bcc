import type { MetadataView } from '../view';
import { comfyui } from './comfyui';
import { diffusionSettings } from './diffusion-settings';
import { digitalSourceType } from './digital-source-type';
import { drawThings } from './draw-things';
import { easyDiffusion } from './easy-diffusion';
import { flux } from './flux';
import { fooocus } from './fooocus';
import { googleAi } from './google-ai';
import { grok } from './grok';
import { invokeai } from './invokeai';
import { mflux } from './mflux';
import { midjourney } from './midjourney';
import { novelai } from './novelai';
import { software } from './software';
import { stableDiffusion } from './stable-diffusion';
import { swarmui } from './swarmui';
import type { Trace, TraceDetector } from './trace';

export type { Trace, TraceKind } from './trace';

/** Every detector, most particular first. A test holds this list and the folder together. */
export const TRACE_DETECTORS: readonly TraceDetector[] = [
  fooocus,
  swarmui,
  easyDiffusion,
  drawThings,
  mflux,
  invokeai,
  novelai,
  comfyui,
  stableDiffusion,
  diffusionSettings,
  midjourney,
  grok,
  flux,
  googleAi,
  software,
  digitalSourceType,
];

/**
 * All statements found, the most particular first; made-whole before made-in-part. Where the source
 * type says "in part", a bare name in a software or credit field is not read as "in whole".
 */
export function findTraces(view: MetadataView): Trace[] {
  const found = TRACE_DETECTORS.map((detector) => detector.find(view)).filter((trace) => trace !== null);
  const inPart = found.some((trace) => trace.weight === 0 && trace.kind === 'composite');
  const traces = found.map((trace) =>
    inPart && trace.weight === 1 && trace.kind === 'generated'
      ? { ...trace, kind: 'composite' as const }
      : trace,
  );
  const rank = { generated: 0, composite: 1, synthetic: 2 };
  return traces.sort((a, b) => rank[a.kind] - rank[b.kind] || b.weight - a.weight);
}
