import * as v from 'valibot';

/**
 * The model card: everything the engine must know to run the networks beside it. A better model drops in
 * by its card alone; no figure of a model stands in code.
 */

/** Caps on what a card may ask for, so that a wrong one fails at load and not in the middle of a check. */
const MAX_MODEL_BYTES = 512 * 1024 * 1024;
const MAX_INPUT_SIDE = 2048;
const MAX_VIEWS = 8;
const MAX_GRID = 9;
/** A region narrower than this share of the shorter side would be enlarged out of a few pixels. */
const LEAST_SHARE = 0.125;

const identifier = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/));
const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const version = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));
const side = v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(MAX_INPUT_SIDE));
const sentence = v.pipe(v.string(), v.nonEmpty(), v.maxLength(2000));
/** Positions of a grid that are used, [column, row] from 0. */
const cells = v.pipe(
  v.array(v.tuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())])),
  v.minLength(1),
  v.maxLength(MAX_GRID * MAX_GRID),
);
/** Grid positions along each side. */
const grid = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_GRID));
const channels = <Item extends v.GenericSchema>(item: Item) => v.tuple([item, item, item]);

const file = v.strictObject({
  /** Beside the card; no folders, so that a card never reaches outside its own. */
  path: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.onnx$/)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_MODEL_BYTES)),
});

const input = v.strictObject({
  name: sentence,
  /** Square, in pixels. */
  size: side,
  layout: v.picklist(['nchw', 'nhwc']),
  /** Value given to the network: (channel 0..255 - mean) / std, in the order red, green, blue. */
  mean: channels(finite),
  std: channels(positive),
});

const common = {
  id: identifier,
  file,
  input,
  /** One log-odds an image: float32 [n,1] or [n]; above 0 leans to AI. */
  output: v.strictObject({ name: sentence }),
  /** Logits over the card's families of generators: float32 [n, names]; left out where it has none. */
  families: v.optional(v.strictObject({ name: sentence })),
  /** Log-odds of a fixed pattern (`self-test.ts`) as the network's own framework computes them. */
  selfTestLogit: finite,
};

const view = v.variant('kind', [
  /** The whole picture: shorter side to the input's size, then the centre square. */
  v.strictObject({ ...common, kind: v.literal('whole'), kernel: v.picklist(['bilinear', 'bicubic']) }),
  /**
   * Squares as wide as a share of the prepared picture's shorter side, on a grid that reaches from edge to edge, each
   * brought to the input's size. The view's log-odds is the mean over them.
   */
  v.strictObject({
    ...common,
    kind: v.literal('regions'),
    share: v.pipe(finite, v.minValue(LEAST_SHARE), v.maxValue(1)),
    kernel: v.picklist(['bilinear', 'bicubic']),
    grid,
    cells,
    pool: v.literal('mean'),
  }),
  /**
   * Squares at the prepared picture's own pixels on a grid that reaches from edge to edge; a side that is
   * too short is padded by reflection. The view's log-odds is the mean over the squares.
   */
  v.strictObject({
    ...common,
    kind: v.literal('crops'),
    grid,
    cells,
    padding: v.literal('reflect'),
    pool: v.literal('mean'),
  }),
]);

/** Platt scaling: P(AI) = 1 / (1 + exp(-(a * logit + b))), fitted on held-out data, never typed by hand. */
const calibration = v.looseObject({
  kind: v.literal('platt'),
  a: positive,
  b: finite,
});

/**
 * Which family of generators made a picture: softmax of the views' weighed logits over `temperature`. A family
 * is named only where its probability is at least `least`; both are fitted on held-out data.
 */
const families = v.strictObject({
  names: v.pipe(v.array(identifier), v.minLength(2), v.maxLength(64)),
  /** What people call them, in the same order. */
  labels: v.array(sentence),
  /** The name that stands for a picture of no generator. */
  none: identifier,
  weights: v.record(identifier, finite),
  temperature: positive,
  least: v.pipe(finite, v.minValue(0), v.maxValue(1)),
});

const schema = v.pipe(
  v.looseObject({
    schema: v.literal(1),
    version,
    title: sentence,
    date: v.pipe(v.string(), v.isoDate()),
    licence: sentence,
    prepare: v.strictObject({
      /** Transparent parts are laid over this colour; the engine's decoder does so before any layer. */
      background: v.literal('white'),
      /** A longer shorter side is brought down to this many pixels; null leaves native size. */
      maxShorterSide: v.nullable(side),
      kernel: v.literal('bicubic'),
    }),
    views: v.pipe(v.array(view), v.minLength(1), v.maxLength(MAX_VIEWS)),
    /**
     * Combined log-odds: bias + sum over the views of weight * log-odds. A crops view without a weight is left out of
     * the verdict: it is for the map that is made after it (`survey.ts`).
     */
    combine: v.strictObject({ bias: finite, weights: v.record(identifier, finite) }),
    /** Null until fitted: then log-odds are reported and no probability. */
    calibration: v.nullable(calibration),
    families: v.optional(families),
    /**
     * Where the verdict was fitted with an earlier detector: `combine` brings the log-odds to that one's scale,
     * by this slope and offset, measured on pictures that neither had seen (`training/fusion/carry.py`).
     */
    scale: v.optional(
      v.strictObject({
        of: version,
        slope: positive,
        offset: finite,
        images: v.pipe(v.number(), v.integer(), v.minValue(1)),
        date: v.pipe(v.string(), v.isoDate()),
      }),
    ),
    /** How far a backend may be from `selfTestLogit` and from the other backend, in log-odds. */
    selfTest: v.strictObject({ reference: positive, backends: positive }),
    labels: v.strictObject({ high: v.literal('ai-generated'), low: v.literal('real') }),
    training: sentence,
    limits: v.pipe(v.array(sentence), v.minLength(1)),
  }),
  v.check((card) => {
    const ids = card.views.map((view) => view.id);
    const { weights } = card.combine;
    const weighed = Object.keys(weights);
    return (
      new Set(ids).size === ids.length &&
      weighed.length > 0 &&
      weighed.every((id) => ids.includes(id)) &&
      card.views.every((view) => view.kind === 'crops' || Object.hasOwn(weights, view.id))
    );
  }, 'Expected views with different ids, and a weight for each that is not crops for the map alone'),
  v.check(
    (card) =>
      card.views.every(
        (view) =>
          view.kind === 'whole' || view.cells.every((cell) => cell.every((at) => at >= 0 && at < view.grid)),
      ),
    'Expected the cells of a view inside its grid',
  ),
  v.check(({ families: named, views, combine }) => {
    if (!named) return views.every((view) => !view.families);
    const able = weighedViews({ views, combine })
      .filter((view) => view.families)
      .map((view) => view.id);
    if (named.labels.length !== named.names.length) return false;
    return named.names.includes(named.none) && Object.keys(named.weights).every((id) => able.includes(id));
  }, 'Expected families with a label each and a name for none, weighed over views of the verdict that tell them'),
);

export type ModelCard = v.InferOutput<typeof schema>;
export type ModelView = ModelCard['views'][number];
export type RegionsView = Extract<ModelView, { kind: 'regions' }>;
export type CropsView = Extract<ModelView, { kind: 'crops' }>;
export type WholeView = Extract<ModelView, { kind: 'whole' }>;
export type Calibration = NonNullable<ModelCard['calibration']>;

/** Why a model cannot be used. The engine goes on with its other layers. */
const MODEL_ERROR_CODES = [
  /** The card is missing, not JSON, or does not say what it must. */
  'card-invalid',
  /** A file of the card is not there. */
  'file-missing',
  /** A file is not the one the card describes. */
  'checksum-mismatch',
  /** The runtime could not be started or did not take the network. */
  'runtime-failed',
  /** It runs, but does not compute what it should. */
  'self-test-failed',
  /** It stopped answering, or failed on this image. */
  'inference-failed',
  /** The picture is one flat colour: nothing to judge. */
  'flat-picture',
  /** The picture is noise: neighbouring pixels have nothing to do with each other. */
  'noise-picture',
] as const;

export type ModelErrorCode = (typeof MODEL_ERROR_CODES)[number];

export class ModelError extends Error {
  override readonly name = 'ModelError';
  constructor(
    readonly code: ModelErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The code of a model's error, also of one that crossed a port and lost its class; null for other errors. */
export function modelErrorCode(thrown: unknown): ModelErrorCode | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null;
  return MODEL_ERROR_CODES.find((code) => code === thrown.code) ?? null;
}

/**
 * @param json the parsed card
 * @throws ModelError `card-invalid`, naming the first wrong field
 */
export function parseCard(json: unknown): ModelCard {
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ModelError('card-invalid', `${v.getDotPath(issue) ?? 'card'}: ${issue.message}`);
}

/** The views that the verdict rests on: those with a weight. */
export function weighedViews<View extends { readonly id: string }>(card: {
  readonly views: readonly View[];
  readonly combine: { readonly weights: Readonly<Record<string, number>> };
}): View[] {
  return card.views.filter((view) => Object.hasOwn(card.combine.weights, view.id));
}

/** Combined log-odds of the views' log-odds, before calibration. */
export function combineLogits(card: ModelCard, logits: Readonly<Record<string, number>>): number {
  let sum = card.combine.bias;
  for (const [id, weight] of Object.entries(card.combine.weights)) {
    const logit = logits[id];
    if (logit === undefined) throw new ModelError('inference-failed', `No log-odds of view ${id}`);
    sum += weight * logit;
  }
  return sum;
}

export interface FamilyGuess {
  /** One of the card's names; never the one for none. */
  readonly name: string;
  /** What people call it. */
  readonly label: string;
  /** Calibrated probability of that family, 0..1. */
  readonly probability: number;
}

/**
 * The family of generators that the views' logits name.
 * @param logits by view, in the order of the card's names, the mean over its squares
 * @returns null where the card knows no families, where it is most likely none, or where it is not sure enough
 */
export function nameFamily(
  card: ModelCard,
  logits: Readonly<Record<string, readonly number[]>>,
): FamilyGuess | null {
  if (!card.families) return null;
  const { names, labels, none, weights, temperature, least } = card.families;
  const sums = names.map((_, at) =>
    Object.entries(weights).reduce((sum, [id, weight]) => sum + weight * (logits[id]?.[at] ?? 0), 0),
  );
  const highest = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp((sum - highest) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const at = powers.indexOf(Math.max(...powers));
  const name = names[at];
  const probability = (powers[at] ?? 0) / total;
  const label = labels[at];
  if (name === undefined || label === undefined || name === none || probability < least) return null;
  return { name, label, probability };
}

/** P(AI) of a combined log-odds, or null where the card carries no calibration. */
export function calibrate(card: ModelCard, logit: number): number | null {
  if (!card.calibration) return null;
  return sigmoid(card.calibration.a * logit + card.calibration.b);
}

/** The logistic function, 0..1. */
export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
