import type { ForensicImage } from '../../image';
import type { DetectorResult, EngineServices, Layer } from '../../layer';
import { MIN_SIDE } from '../../limits';
import { modelErrorCode } from '../../model/card';
import type { LayerResult, LayerStatus } from '../../report';
import { message } from '../../text';
import { unavailable } from '../../unavailable';

/** Score from which the line says "looks generated": nine in ten such pictures were, if calibrated. */
const FLAGGED_FROM = 0.9;
/** Score from which the line says "leans to generated": more likely than not. */
const WARNING_FROM = 0.5;

/** Neural networks that were trained to tell generated pictures from others: see README.md. */
export const model: Layer = {
  id: 'model',
  family: 'model',
  needs: ['pixels'],
  waits: true,
  async analyze(image: ForensicImage, services: EngineServices, signal: AbortSignal): Promise<LayerResult> {
    const shorter = Math.min(image.width, image.height);
    if (shorter < MIN_SIDE)
      return unavailable(
        model,
        message('layers.model.unavailable.small', shorter, MIN_SIDE),
        message('layers.model.label.unavailable'),
      );
    try {
      return judged(await services.detector.detect(image, signal));
    } catch (error) {
      signal.throwIfAborted();
      const code = modelErrorCode(error);
      if (!code) throw error;
      if (code !== 'flat-picture' && code !== 'noise-picture')
        console.error('The model did not answer:', error);
      return unavailable(
        model,
        message(`layers.model.unavailable.${code}`),
        message('layers.model.label.unavailable'),
      );
    }
  },
};

function judged(found: DetectorResult): LayerResult {
  const { logit, logits, probability, family } = found;
  const status = statusOf(found);
  const features: Record<string, number> = { logit };
  for (const [view, value] of Object.entries(logits)) features[`logit.${view}`] = value;
  return {
    id: 'model',
    family: 'model',
    status,
    score: probability,
    ...(family ? { suspect: { name: family.label, confidence: family.probability } } : {}),
    features,
    label: message(`layers.model.label.${status}`),
    explanation: {
      seen: [
        probability === null
          ? message('layers.model.seen.uncalibrated')
          : message('layers.model.seen.score', Math.round(probability * 100)),
      ],
      means: [message(`layers.model.means.${status}`), message('layers.model.means.modest')],
      otherwise: [
        message('layers.model.otherwise.faces'),
        message('layers.model.otherwise.graphics'),
        message('layers.model.otherwise.compression'),
        message('layers.model.otherwise.new_generators'),
      ],
    },
    facts: [
      { name: message('layers.model.fact.version'), value: { verbatim: found.modelVersion } },
      { name: message('layers.model.fact.backend'), value: message(`layers.model.backend.${found.backend}`) },
      {
        name: message('layers.model.fact.logit'),
        value: message('layers.model.fact.number', rounded(logit)),
      },
      ...(family
        ? [
            {
              name: message('layers.model.fact.family'),
              value: message('layers.model.family', family.label, Math.round(family.probability * 100)),
            },
          ]
        : []),
      ...Object.entries(logits).map(([view, value]) => ({
        name: message('layers.model.fact.view', view),
        value: message('layers.model.fact.number', rounded(value)),
      })),
    ],
  };
}

/** Without a calibration a sign is all there is: that is never enough to flag. */
function statusOf({ probability, logit }: DetectorResult): LayerStatus {
  if (probability === null) return logit > 0 ? 'warning' : 'clear';
  if (probability >= FLAGGED_FROM) return 'flagged';
  return probability >= WARNING_FROM ? 'warning' : 'clear';
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
