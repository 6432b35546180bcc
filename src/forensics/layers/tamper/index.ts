import { quantileOfSorted, sorted } from '../../dsp/statistics';
import type { ForensicImage } from '../../image';
import type { Layer } from '../../layer';
import type { EvidenceMap, Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { joinRegions, type OutlierRegion } from '../ela/regions';
import { type Combined, combine } from './combine';
import { METHODS, measure, type TamperMeasures } from './measure';

/** A region covering more than this share of the picture is no part: it is one half of two kinds of surface. */
const LOCAL_SHARE = 0.4;
/** The map shows this many log-odds below the cut as dark, and as many above as bright. */
const MAP_REACH = 3;
/** Regions told; the strongest come first. */
const MOST_REGIONS = 8;

/** Where the picture does not agree with itself: error level, ghosts, noise and compression history in one map. */
export const tamper: Layer = {
  id: 'tamper',
  family: 'compression',
  needs: ['file', 'pixels'],
  shares: ['blocks'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const measures = await measure(image, signal);
    if (!measures) return unavailable(tamper, message('layers.tamper.unavailable.small'));
    return judge(image, measures);
  },
};

function judge(image: ForensicImage, measures: TamperMeasures): LayerResult {
  const { sample, history, maps, usable } = measures;
  const combined = combine(maps, history.double !== null);
  const regions = findRegions(measures, combined);
  const [first] = regions;
  const cells = combined.logOdds.length;
  const top = quantileOfSorted(sorted(combined.logOdds), 0.99);
  const warns = combined.warn !== null && top >= combined.warn && first !== undefined;
  const against = measures.shared.map((value) => -value);
  return {
    id: 'tamper',
    family: 'compression',
    status: warns ? 'warning' : 'clear',
    score: null,
    features: {
      top,
      strongest: combined.logOdds.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
      regionCount: regions.length,
      regionContrast: first?.contrast ?? 0,
      regionShare: first ? first.cells / cells : 0,
      historyTop: topOf(maps.history),
      againstTop: topOf(against),
      againstShare: againstShare(against),
      sharedMedian: -quantileOfSorted(sorted(against), 0.5),
      levelTop: topOf(maps.level),
      ghostsTop: topOf(maps.ghosts),
      noiseTop: topOf(maps.noise),
      hasHistory: history.double ? 1 : 0,
      usableShare: usable / cells,
    },
    label: message(warns ? 'layers.tamper.label.region' : 'layers.tamper.label.even'),
    explanation: explain(measures, regions, warns),
    facts: listFacts(measures, regions.length),
    map: heatMap(image, measures, combined),
    regions: regions.map(({ box }) => ({ ...box, x: box.x + sample.origin.x, y: box.y + sample.origin.y })),
  };
}

/** The evidence against a shared history as a share of all evidence about it, 0..1. */
function againstShare(evidence: Float32Array): number {
  let against = 0;
  let all = 1;
  for (const value of evidence) {
    if (value > 0) against += value;
    all += Math.abs(value);
  }
  return against / all;
}

const topOf = (map: Float32Array): number => quantileOfSorted(sorted(map), 0.99);

/** Connected cells beyond the fitted cut, not the larger part of the picture. */
function findRegions({ sample }: TamperMeasures, { logOdds, cut }: Combined): readonly OutlierRegion[] {
  const { columns, rows, cell } = sample;
  const grid = { part: { x: 0, y: 0, width: columns * cell, height: rows * cell }, columns, rows };
  // Regions join cells of at least 1, and the cut may be any number.
  const above = logOdds.map((value) => (value >= cut ? 1 + value - cut : 0));
  return joinRegions(above, grid, 1, cell)
    .filter((region) => region.cells <= LOCAL_SHARE * columns * rows)
    .slice(0, MOST_REGIONS);
}

function heatMap(image: ForensicImage, { sample }: TamperMeasures, { logOdds, cut }: Combined): EvidenceMap {
  const width = Math.ceil(image.width / sample.cell);
  const height = Math.ceil(image.height / sample.cell);
  const data = new Float32Array(width * height);
  for (let row = 0; row < sample.rows; row++) {
    for (let column = 0; column < sample.columns; column++) {
      const value = (logOdds[row * sample.columns + column] ?? 0) - cut;
      data[row * width + column] = Math.min(1, Math.max(0, 0.5 + value / (2 * MAP_REACH)));
    }
  }
  return { width, height, data, cell: sample.cell, shows: message('layers.tamper.map') };
}

function explain(
  { history, maps }: TamperMeasures,
  regions: readonly OutlierRegion[],
  warns: boolean,
): Explanation {
  const [first] = regions;
  const seen: Text[] = [
    history.double
      ? message('layers.tamper.seen.history', history.double.quality)
      : message('layers.tamper.seen.noHistory'),
  ];
  if (first) {
    const { box } = first;
    seen.push(message('layers.tamper.seen.region', box.width, box.height, box.x, box.y));
  } else seen.push(message('layers.tamper.seen.none'));
  seen.push(
    message(
      'layers.tamper.seen.methods',
      ...METHODS.slice(0, 3).map((method) => round(topOf(maps[method]), 1)),
    ),
  );
  return {
    seen,
    means: [message(warns ? 'layers.tamper.means.region' : 'layers.tamper.means.even')],
    otherwise: [message('layers.tamper.otherwise.scene'), message('layers.tamper.otherwise.resaved')],
  };
}

function listFacts({ sample, history, usable }: TamperMeasures, regions: number): readonly Fact[] {
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.tamper.fact.${key}.name`),
    value: message(`layers.tamper.fact.${key}.value`, ...args),
  });
  return [
    fact('cells', sample.columns, sample.rows, sample.cell),
    fact('textured', Math.round((100 * usable) / (sample.columns * sample.rows))),
    history.double ? fact('history', history.double.quality) : fact('noHistory'),
    fact('regions', regions),
  ];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
