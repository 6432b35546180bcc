import * as v from 'valibot';
import type { ImageFormat } from '../report';

/** Where figures come from. */
interface FittedOn {
  /** ISO date of the fit. */
  readonly date: string;
  readonly command: string;
  /** SHA-256 of the manifest that listed the images, lower-case hex. */
  readonly manifestSha256: string;
  readonly images: number;
}

/**
 * What `training/fusion/fit.py` writes to `public/models/fusion.json`: every weight, threshold and
 * width of the verdict. Nothing here is typed by hand; `policy` holds the few choices that no data
 * can make, each explained in the README beside this file.
 *
 * Log-odds are natural logarithms at even prior odds (as many AI-generated images as others).
 */
export interface FusionConfig {
  readonly schema: 2;
  readonly fitted: FittedOn & {
    readonly deliveries: readonly string[];
    /** The detector whose logits were fitted; null where none took part. */
    readonly modelVersion: string | null;
    /** Where the thresholds of sets with the detector were fitted later, from other pictures than the rest. */
    readonly promises?: FittedOn | undefined;
  };
  readonly layers: Readonly<Record<string, LayerFit>>;
  /**
   * One logistic per set of layers that may have run, in order of preference: the first whose layers all ran
   * has the word. The last is the empty set.
   */
  readonly sets: readonly SetFit[];
  readonly uncertainty: {
    /** Half-widths by probability, ascending; the last reaches 1. */
    readonly zones: readonly { readonly upTo: number; readonly halfWidth: number }[];
    readonly small: { readonly shorterSide: number; readonly halfWidth: number };
    readonly recompressed: { readonly bitsPerPixel: number; readonly halfWidth: number };
    readonly pixelsOnly: { readonly halfWidth: number };
    readonly conflict: { readonly logOdds: number; readonly halfWidth: number };
  };
  /** Two ways to look for spliced or copied parts; figures are named `layer.figure`. */
  readonly manipulation: {
    /** Where most of the picture shows an earlier compression: figures of `tamper` and `pixel`. */
    readonly history: ManipulationFit & {
      /** Formats the fit has seen. */
      readonly formats: readonly ImageFormat[];
      /** Least `tamper.sharedMedian`, natural log-likelihood a block, for the history to count as readable. */
      readonly leastShared: number;
    };
    /** Everywhere else: figures of `pixel` alone. */
    readonly copies: ManipulationFit;
  };
  readonly policy: {
    /** Most that camera data may argue for a photograph, in log-odds (positive). */
    readonly cameraCap: number;
    /** Most that editor traces or the absence of metadata may argue either way (positive). */
    readonly weakCap: number;
  };
}

export type LayerFit = LogisticFit | OwnFit | ClaimFit;

/** Platt 1999 on standardised, winsorised features: `intercept + sum coefficient * (clip(x) - mean) / scale`. */
export interface LogisticFit {
  readonly kind: 'logistic';
  readonly intercept: number;
  readonly terms: readonly {
    readonly feature: string;
    readonly mean: number;
    readonly scale: number;
    readonly coefficient: number;
    /** Range seen by the fit; values outside are brought to its edge, so that nothing is extrapolated. */
    readonly low: number;
    readonly high: number;
  }[];
}

/**
 * The layer brings a calibrated `score` of its own (a model card's), so that a better model drops in by
 * its card alone. Log-odds outside the range seen by the fit are brought to its edge.
 */
interface OwnFit {
  readonly kind: 'own';
  readonly low: number;
  readonly high: number;
}

/** Log of the smoothed likelihood ratio P(outcome | AI) / P(outcome | not AI) of what the file claims. */
export interface ClaimFit {
  readonly kind: 'claims';
  readonly logRatios: {
    readonly generated: number;
    readonly composite: number;
    readonly camera: number;
    readonly edited: number;
    readonly none: number;
  };
}

/** Probabilities; null where no threshold kept its promise on the data. */
export interface Thresholds {
  readonly aiGenerated: number | null;
  readonly likelyAiGenerated: number | null;
  readonly likelyAuthentic: number | null;
}

/** Probabilities from which a state is given; null where the measurement does not support it. */
export interface ManipulationFit {
  readonly fit: LogisticFit;
  readonly possible: number | null;
  readonly likely: number | null;
}

/** Stacked weights (Wolpert 1992) for one set of layers. */
export interface SetFit {
  /** Those that must have run. */
  readonly layers: readonly string[];
  readonly intercept: number;
  /**
   * One for each of `layers`, and for layers that count where they ran. Never negative: a layer's own evidence
   * cannot count against itself.
   */
  readonly weights: Readonly<Record<string, number>>;
  /** Platt scaling of the weighted sum, fitted on sources left out of the weights. */
  readonly calibration: { readonly slope: number; readonly intercept: number };
  /** Calibration error to expect with just these layers. */
  readonly halfWidth: number;
  /** What these layers may be trusted to say: a promise measured with the model is not one without it. */
  readonly verdicts: Thresholds;
  /** Layers that weigh here by a fit of all figures together, and not by their own calibrated log-odds. */
  readonly fits?: Readonly<Record<string, LogisticFit>> | undefined;
}

const number = v.pipe(v.number(), v.finite());
const bounded = (low: number, high: number) => v.pipe(number, v.minValue(low), v.maxValue(high));
const logOdds = bounded(-50, 50);
const probability = bounded(0, 1);
const halfWidth = bounded(0, 0.5);
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(60));

const term = v.pipe(
  v.strictObject({
    feature: name,
    mean: number,
    scale: v.pipe(number, v.gtValue(0)),
    coefficient: logOdds,
    low: number,
    high: number,
  }),
  v.check((t) => t.low <= t.high, 'low must not be over high'),
);

const logistic = v.strictObject({
  kind: v.literal('logistic'),
  intercept: logOdds,
  terms: v.pipe(v.array(term), v.maxLength(100)),
});

const own = v.pipe(
  v.strictObject({ kind: v.literal('own'), low: logOdds, high: logOdds }),
  v.check((fit) => fit.low <= fit.high, 'low must not be over high'),
);

const claims = v.strictObject({
  kind: v.literal('claims'),
  logRatios: v.strictObject({
    generated: logOdds,
    composite: logOdds,
    camera: logOdds,
    edited: logOdds,
    none: logOdds,
  }),
});

const verdicts = v.pipe(
  v.strictObject({
    aiGenerated: v.nullable(probability),
    likelyAiGenerated: v.nullable(probability),
    likelyAuthentic: v.nullable(probability),
  }),
  v.check((t) => {
    const ascending = [t.likelyAuthentic, t.likelyAiGenerated, t.aiGenerated].filter((x) => x !== null);
    return ascending.every((x, i) => i === 0 || (ascending[i - 1] ?? 0) <= x);
  }, 'thresholds must ascend from likely-authentic to ai-generated'),
);

const set = v.pipe(
  v.strictObject({
    layers: v.pipe(v.array(name), v.maxLength(20)),
    intercept: logOdds,
    weights: v.record(name, bounded(0, 50)),
    calibration: v.strictObject({ slope: v.pipe(bounded(0, 50), v.gtValue(0)), intercept: logOdds }),
    halfWidth,
    verdicts,
    fits: v.optional(v.record(name, logistic)),
  }),
  v.check(
    (s) => new Set(s.layers).size === s.layers.length && s.layers.every((id) => Object.hasOwn(s.weights, id)),
    'a set needs one weight for each of its layers',
  ),
  v.check((s) => s.layers.length > 0 || Object.keys(s.weights).length === 0, 'the empty set weighs nothing'),
  v.check(
    (s) => Object.keys(s.fits ?? {}).every((id) => Object.hasOwn(s.weights, id)),
    'a fit without a weight',
  ),
);

const zones = v.pipe(
  v.array(v.strictObject({ upTo: probability, halfWidth })),
  v.minLength(1),
  v.maxLength(100),
  v.check(
    (all) => all.every((zone, i) => i === 0 || (all[i - 1]?.upTo ?? 1) < zone.upTo) && all.at(-1)?.upTo === 1,
    'zones must ascend and end at 1',
  ),
);

const manipulationFit = {
  fit: logistic,
  possible: v.nullable(probability),
  likely: v.nullable(probability),
};

const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'heic', 'bmp', 'tiff', 'svg', 'ico'] as const;

const fittedOn = {
  date: v.pipe(v.string(), v.isoDate()),
  command: v.pipe(v.string(), v.maxLength(1000)),
  manifestSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  images: v.pipe(v.number(), v.integer(), v.minValue(0)),
};

const schema = v.pipe(
  v.strictObject({
    schema: v.literal(2),
    fitted: v.strictObject({
      ...fittedOn,
      deliveries: v.pipe(v.array(name), v.maxLength(20)),
      modelVersion: v.nullable(v.pipe(v.string(), v.maxLength(100))),
      promises: v.optional(v.strictObject(fittedOn)),
    }),
    layers: v.record(name, v.variant('kind', [logistic, own, claims])),
    sets: v.pipe(v.array(set), v.minLength(1), v.maxLength(256)),
    uncertainty: v.strictObject({
      zones,
      small: v.strictObject({ shorterSide: bounded(0, 100_000), halfWidth }),
      recompressed: v.strictObject({ bitsPerPixel: bounded(0, 64), halfWidth }),
      pixelsOnly: v.strictObject({ halfWidth }),
      conflict: v.strictObject({ logOdds: bounded(0, 50), halfWidth }),
    }),
    manipulation: v.strictObject({
      history: v.strictObject({
        formats: v.array(v.picklist(FORMATS)),
        leastShared: bounded(0, 50),
        ...manipulationFit,
      }),
      copies: v.strictObject(manipulationFit),
    }),
    policy: v.strictObject({ cameraCap: bounded(0, 50), weakCap: bounded(0, 50) }),
  }),
  v.check(
    (c) => c.sets.findIndex((s) => s.layers.length === 0) === c.sets.length - 1,
    'the empty set must be the last: it answers when nothing else can',
  ),
  v.check(
    (c) =>
      c.sets.every((s) =>
        Object.keys(s.weights).every((id) => Object.hasOwn(s.fits ?? {}, id) || Object.hasOwn(c.layers, id)),
      ),
    'every layer of a set needs a fit',
  ),
);

/**
 * Reads fitted weights.
 * @param json what `fusion.json` parsed to; anything at all
 * @throws Error naming each place that is not as it must be
 */
export function parseFusionConfig(json: unknown): FusionConfig {
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const issues = parsed.issues
    .slice(0, 5)
    .map((issue) => `${v.getDotPath(issue) ?? '(root)'}: ${issue.message}`);
  throw new Error(`The fusion weights are not valid. ${issues.join('; ')}`);
}
