import { correlation, mean, robust } from '../../dsp/statistics';
import type { ForensicImage } from '../../image';
import type { Layer } from '../../layer';
import type { EvidenceMap, Explanation, Fact, LayerResult, LayerStatus } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { CELL } from './cell-errors';
import { type ErrorField, measureErrors, TRIAL_QUALITY } from './errors';
import { BLANK_ACTIVITY, busyOverCalm, findOutliers, logError, OUTLIER, type Outliers } from './outliers';
import { FULL_SCORE, type OutlierRegion } from './regions';

/** Fewest cells with texture (16 x 16 px each) from which "usual" can be told: 8 x 8 cells. */
const LEAST_CELLS = 64;

/**
 * Mean contrast (robust deviations of the smoothed field) from which a region is said to stand out.
 * Regions are joined from 4 on, which independent noise never reaches; the patches of real scenes do, so
 * half as much again is asked (README.md: how often untouched pictures reach it).
 */
const STANDS_OUT = 6;

/**
 * A region covering more than this share of the textured picture is not local: it is one half of a
 * picture with two kinds of surface.
 */
const LOCAL_SHARE = 0.25;

/** Side, in examined cells, of the smallest part that can be told from its surroundings. */
const REGION_CELLS = 3;

/** Contrast and cells from which a region is called very strong. */
const STRONG = { contrast: 10, cells: 16 } as const;

/** Error level analysis (Krawetz 2007), corrected for texture. */
export const ela: Layer = {
  id: 'ela',
  family: 'compression',
  needs: ['file', 'pixels'],
  async analyze(image, services, signal) {
    signal.throwIfAborted();
    if (Math.min(image.width, image.height) < CELL) {
      return unavailable(ela, message('layers.ela.unavailable.small'));
    }
    const field = await measureErrors(image, services.jpeg, signal);
    if (field.luma.length < LEAST_CELLS) return unavailable(ela, message('layers.ela.unavailable.small'));
    const outliers = findOutliers(field);
    if (outliers.usable < LEAST_CELLS) return unavailable(ela, message('layers.ela.unavailable.blank'));
    return judge(image, field, outliers);
  },
};

function judge(image: ForensicImage, field: ErrorField, outliers: Outliers): LayerResult {
  const { regions, usable } = outliers;
  const candidates = regions.filter((region) => region.cells / usable <= LOCAL_SHARE);
  const local = candidates.filter((region) => Math.abs(region.contrast) >= STANDS_OUT);
  const [first] = local;
  const [strongestRegion] = candidates;
  const strong = local.some(
    ({ contrast, cells }) => Math.abs(contrast) >= STRONG.contrast && cells >= STRONG.cells,
  );
  const status: LayerStatus = strong ? 'flagged' : first ? 'warning' : 'clear';
  const logs = textureLogs(field);
  return {
    id: 'ela',
    family: 'compression',
    status,
    score: null,
    features: {
      meanError: mean(field.luma),
      meanChromaError: mean(field.chroma),
      blockSpread: robust(logs.error).spread,
      textureCorrelation: correlation(logs.activity, logs.error),
      busyOverCalm: busyOverCalm(field),
      errorPerActivity: mean(logs.error) - mean(logs.activity),
      outlierShare: outliers.deviation.reduce((n, z) => n + (Math.abs(z) > OUTLIER ? 1 : 0), 0) / usable,
      regionCount: local.length,
      regionContrast: strongestRegion?.contrast ?? 0,
      regionShare: strongestRegion ? strongestRegion.cells / usable : 0,
      strongestCell: strongest(outliers.smoothed),
      usableShare: usable / field.luma.length,
    },
    label: label(status, first),
    explanation: explain(image, field, local, status),
    facts: listFacts(field, outliers, local.length),
    map: heatMap(image, field, outliers),
    regions: local.map((region) => region.box),
  };
}

/** Natural logarithms of error and activity of the cells that are not blank. */
function textureLogs(field: ErrorField): { error: number[]; activity: number[] } {
  const error: number[] = [];
  const activity: number[] = [];
  for (let cell = 0; cell < field.luma.length; cell++) {
    const cellActivity = field.activity[cell] ?? 0;
    if (cellActivity < BLANK_ACTIVITY) continue;
    error.push(logError(field.luma[cell] ?? 0));
    activity.push(Math.log(cellActivity));
  }
  return { error, activity };
}

function strongest(smoothed: Float32Array): number {
  let most = 0;
  for (const value of smoothed) most = Math.max(most, Math.abs(value));
  return most;
}

/** One map cell stands for all pixels that are nearest to its examined cell; blank ones are 0. */
function heatMap(image: ForensicImage, field: ErrorField, outliers: Outliers): EvidenceMap {
  const pitch = field.pitch ?? CELL;
  const width = Math.ceil(image.width / pitch);
  const height = Math.ceil(image.height / pitch);
  const data = new Float32Array(width * height);
  for (let row = 0; row < field.rows; row++) {
    for (let column = 0; column < field.columns; column++) {
      const deviation = Math.abs(outliers.smoothed[row * field.columns + column] ?? 0);
      data[row * width + column] = Math.min(1, deviation / FULL_SCORE);
    }
  }
  return { width, height, data, cell: pitch, shows: message('layers.ela.map') };
}

function label(status: LayerStatus, region: OutlierRegion | undefined): Text {
  if (!region) return message('layers.ela.label.even');
  return message(status === 'flagged' ? 'layers.ela.label.strong' : 'layers.ela.label.localised');
}

function explain(
  image: ForensicImage,
  field: ErrorField,
  local: readonly OutlierRegion[],
  status: LayerStatus,
): Explanation {
  const seen: Text[] = [
    message('layers.ela.seen.level', round(mean(field.luma), 2), Math.round(TRIAL_QUALITY * 100)),
  ];
  for (const { box, contrast } of local.slice(0, 3)) {
    const key = contrast > 0 ? 'layers.ela.seen.higher' : 'layers.ela.seen.lower';
    seen.push(message(key, box.width, box.height, box.x, box.y, round(Math.abs(contrast), 1)));
  }
  if (local.length === 0) seen.push(message('layers.ela.seen.none'));
  const pitch = field.pitch ?? CELL;
  if (pitch > CELL) seen.push(message('layers.ela.seen.sampled', pitch, REGION_CELLS * pitch));
  const means = message(
    local.length === 0
      ? 'layers.ela.means.even'
      : status === 'flagged'
        ? 'layers.ela.means.strong'
        : 'layers.ela.means.localised',
  );
  const otherwise: Text[] = [message('layers.ela.otherwise.resaved')];
  if (local.length > 0) otherwise.push(message('layers.ela.otherwise.region'));
  if (image.format === 'png' || image.format === 'bmp' || image.format === 'gif') {
    otherwise.push(message('layers.ela.otherwise.lossless', image.format.toUpperCase()));
  }
  return { seen, means: [means], otherwise };
}

function listFacts(field: ErrorField, outliers: Outliers, regions: number): readonly Fact[] {
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.ela.fact.${key}.name`),
    value: message(`layers.ela.fact.${key}.value`, ...args),
  });
  return [
    fact('examined', field.columns * field.rows, field.pitch ?? CELL),
    fact('error', round(mean(field.luma), 2), round(mean(field.chroma), 2)),
    fact('textured', Math.round((100 * outliers.usable) / field.luma.length)),
    fact('regions', regions),
  ];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
