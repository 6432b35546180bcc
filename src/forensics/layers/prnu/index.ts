import type { Layer } from '../../layer';
import { readResidualTiles } from '../../pixels/residual';
import type { Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { type CameraComparison, compareCameras } from './cameras';
import { type ColourFilterTrace, colourFilterTrace } from './colour-filter';
import { type LinePattern, linePattern } from './lines';

/**
 * From here, in dB, a trace of a colour filter is spoken of. A spectrum of one square of noise reaches 10 dB
 * over its median at a given place with probability 0.001 (2^-10), one of several squares hardly ever. For the
 * words alone: no status depends on it.
 */
const TRACE_SEEN = 10;
/** A trace along diagonals must be stronger than JPEG's own periods by this, dB. */
const OVER_BLOCKS = 3;

/** Sensor pattern: traces of the colour filter, lines, and enrolled cameras. */
export const prnu: Layer = {
  id: 'prnu',
  family: 'pixels',
  needs: ['pixels'],
  shares: ['residual'],
  async analyze(image, services, signal) {
    signal.throwIfAborted();
    const tiles = await readResidualTiles(image);
    if (tiles.length === 0) return unavailable(prnu, message('layers.prnu.unavailable.small', 64));
    const trace = await colourFilterTrace(image, tiles);
    const cameras = (await services.cameras?.()) ?? [];
    signal.throwIfAborted();
    const comparisons = compareCameras(image, cameras, signal);
    if (!trace && comparisons.length === 0)
      return unavailable(prnu, message('layers.prnu.unavailable.blank'));
    return judge(trace, linePattern(tiles), comparisons);
  },
};

function judge(
  trace: ColourFilterTrace | null,
  lines: LinePattern,
  comparisons: readonly CameraComparison[],
): LayerResult {
  const match = comparisons.find(({ answer }) => answer === 'matches');
  return {
    id: 'prnu',
    family: 'pixels',
    status: 'clear',
    score: null,
    features: {
      ...(trace ? { diagonal: trace.diagonal, blocks: trace.blocks, lattice: trace.lattice } : {}),
      rows: lines.rows,
      columns: lines.columns,
      cameraMatch: match ? 1 : 0,
    },
    label: label(trace, comparisons),
    explanation: explain(trace, comparisons),
    facts: listFacts(trace, lines, comparisons),
  };
}

function label(trace: ColourFilterTrace | null, comparisons: readonly CameraComparison[]): Text {
  const match = comparisons.find(({ answer }) => answer === 'matches');
  if (match) return message('layers.prnu.label.matches', match.camera);
  const [only] = comparisons;
  if (only && comparisons.length === 1) return message(`layers.prnu.label.${only.answer}`, only.camera);
  if (only) return message('layers.prnu.label.none', comparisons.length);
  return message(seesFilter(trace) ? 'layers.prnu.label.filter' : 'layers.prnu.label.noFilter');
}

function seesFilter(trace: ColourFilterTrace | null): boolean {
  if (!trace) return false;
  return (
    trace.lattice >= TRACE_SEEN ||
    (trace.diagonal >= TRACE_SEEN && trace.diagonal >= trace.blocks + OVER_BLOCKS)
  );
}

function explain(trace: ColourFilterTrace | null, comparisons: readonly CameraComparison[]): Explanation {
  const filter = seesFilter(trace);
  const seen: Text[] = [];
  if (trace) {
    seen.push(
      filter
        ? message('layers.prnu.seen.filter', round(Math.max(trace.lattice, trace.diagonal), 1))
        : message('layers.prnu.seen.noFilter', trace.squares),
    );
  }
  seen.push(...comparisons.map(sayComparison));
  const compared = comparisons.length > 0;
  const means: Text[] = [];
  if (comparisons.some(({ answer }) => answer === 'matches'))
    means.push(message('layers.prnu.means.matches'));
  else if (comparisons.some(({ answer }) => answer === 'not')) means.push(message('layers.prnu.means.not'));
  means.push(message(filter ? 'layers.prnu.means.filter' : 'layers.prnu.means.noFilter'));
  return {
    seen,
    means,
    otherwise: [
      message('layers.prnu.otherwise.filter'),
      message(compared ? 'layers.prnu.otherwise.camera' : 'layers.prnu.otherwise.enrol'),
    ],
  };
}

function sayComparison({ camera, answer, pce, reason }: CameraComparison): Text {
  const energy = Math.round(pce ?? 0);
  if (answer === 'matches') return message('layers.prnu.seen.matches', camera, energy);
  if (answer === 'not') return message('layers.prnu.seen.not', camera, energy);
  if (reason === 'small') return message('layers.prnu.seen.small', camera);
  if (reason === 'weak') return message('layers.prnu.seen.weak', camera, energy);
  return message('layers.prnu.seen.size', camera, energy);
}

function listFacts(
  trace: ColourFilterTrace | null,
  lines: LinePattern,
  comparisons: readonly CameraComparison[],
): readonly Fact[] {
  const fact = (name: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.prnu.fact.${name}.name`),
    value: message(`layers.prnu.fact.${name}.value`, ...args),
  });
  return [
    ...(trace
      ? [
          fact('lattice', round(trace.lattice, 1)),
          fact('diagonal', round(trace.diagonal, 1), round(trace.blocks, 1)),
        ]
      : []),
    fact('lines', round(lines.rows, 1), round(lines.columns, 1)),
    ...comparisons.flatMap(({ camera, pce }) =>
      pce === null ? [] : [fact('energy', camera, round(pce, 1))],
    ),
  ];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
