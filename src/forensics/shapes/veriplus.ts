import { type Finished, ran } from './common';

/** A report as VeriPlus's `POST /api/v4/deepfake/analyse/image` with `returnDetails` would answer it. */
export interface VeriPlusShape {
  readonly success: true;
  readonly data: {
    readonly jobId: string;
    readonly isDeepfake: boolean;
    /** Whole number, 0..100: a score of the deepfake, not a confidence in the yes or no. */
    readonly confidence: number;
    readonly manipulationType: 'GAN_GENERATED' | 'PHOTO_MANIPULATION' | null;
    /** Whole number, 0..100. */
    readonly riskScore: number;
    readonly recommendation: 'REJECT' | 'MANUAL_REVIEW' | 'ENHANCED_VERIFICATION' | 'ACCEPT';
    readonly analysis: {
      /** None: no layer of ours looks for faces. */
      readonly faceRegions: readonly {
        readonly bbox: readonly [number, number, number, number];
        readonly deepfakeScore: number;
        readonly artifacts: readonly string[];
      }[];
      readonly metadata: {
        /** `1920x1080` */
        readonly resolution: string;
        /** `JPEG` */
        readonly format: string;
        readonly exifStripped: boolean;
      };
    };
    readonly creditsUsed: number;
    /** ISO 8601 in UTC, without fractions of a second. */
    readonly processedAt: string;
  };
}

/** VeriPlus's table: from 90 reject, from 70 review by a person, from 40 a closer check. */
const LIKELY = 70;

/**
 * A deepfake, to VeriPlus, is a picture made or altered to deceive: the stronger of our two findings,
 * P(AI) and P(altered), is the score. The risk is the upper end of the band of uncertainty.
 */
export function toVeriPlus(report: Finished): VeriPlusShape {
  const { probability, manipulation, uncertainty, image } = report;
  const altered = manipulation.score ?? 0;
  const score = Math.round(100 * Math.max(probability, altered));
  const metadata = ran(report.layers, 'metadata');
  return {
    success: true,
    data: {
      jobId: `job_img_${report.id}`,
      isDeepfake: score >= LIKELY,
      confidence: score,
      manipulationType: typeOf(score, altered > probability),
      riskScore: Math.min(100, Math.max(score, Math.round(100 * (probability + uncertainty.width)))),
      recommendation: recommendationFor(score),
      analysis: {
        faceRegions: [],
        metadata: {
          resolution: `${image.width}x${image.height}`,
          format: image.format.toUpperCase(),
          // Pixels read from a page have no metadata left either.
          exifStripped: metadata?.features.anyExif !== 1,
        },
      },
      creditsUsed: 0,
      processedAt: `${new Date(report.checkedAt).toISOString().slice(0, 19)}Z`,
    },
  };
}

function typeOf(score: number, altered: boolean): VeriPlusShape['data']['manipulationType'] {
  if (score < LIKELY) return null;
  return altered ? 'PHOTO_MANIPULATION' : 'GAN_GENERATED';
}

function recommendationFor(score: number): VeriPlusShape['data']['recommendation'] {
  if (score >= 90) return 'REJECT';
  if (score >= LIKELY) return 'MANUAL_REVIEW';
  return score >= 40 ? 'ENHANCED_VERIFICATION' : 'ACCEPT';
}
