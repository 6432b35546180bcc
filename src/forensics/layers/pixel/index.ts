import type { ForensicImage } from '../../image';
import type { Layer } from '../../layer';
import { readPatches } from '../../pixels/patches';
import { type ReducedLuma, reducedLuma } from '../../pixels/reduced-luma';
import type { Explanation, Fact, LayerResult, LayerStatus } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { bitPlaneEntropy } from './bitplanes';
import { type CopyMove, findCopies } from './copy-move';
import { measureTones, type ToneFindings } from './histogram';
import { boxes, copyMap, copyMarks, copyRegions, MOST_COPIES } from './places';
import { findResampling, type Resampling } from './resampling';
import type { Copy } from './verify';

const LEAST_SIDE = 64;
/** A picture in fewer tones than this is a blank card: nothing here has anything to measure. */
const LEAST_TONES = 4;

/** A part found twice with at least this many points and cells is called strong (README.md: how often). */
const STRONG = { pairs: 10, cells: 32 } as const;

/** For the words alone; none of these enters the status. */
const RHYTHM_SEEN = 3;
const COMB_SEEN = 0.1;
const CLIPPED_SEEN = 0.05;
const SMOOTH_SEEN = 0.9;

/** Formats whose pixels never went through 8 x 8 blocks in this very file. */
const LOSSLESS: readonly string[] = ['png', 'bmp', 'gif'];

/** The pixels themselves: tones, finest bits, rhythm of enlarging, and parts that appear twice. */
export const pixel: Layer = {
  id: 'pixel',
  family: 'pixels',
  needs: ['pixels'],
  shares: ['reduced', 'patches'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const patches = await readPatches(image);
    if (Math.min(image.width, image.height) < LEAST_SIDE || patches.length === 0) {
      return unavailable(pixel, message('layers.pixel.unavailable.small', LEAST_SIDE));
    }
    const tones = measureTones(patches);
    if (tones.tones < LEAST_TONES) return unavailable(pixel, message('layers.pixel.unavailable.blank'));
    const bits = bitPlaneEntropy(patches);
    const resampling = findResampling(patches, LOSSLESS.includes(image.format));
    signal.throwIfAborted();
    const plane = await reducedLuma(image);
    signal.throwIfAborted();
    const search = findCopies(plane.luma, plane.width, plane.height);
    return judge(image, { tones, bits, resampling, plane, search });
  },
};

interface Findings {
  readonly tones: ToneFindings;
  readonly bits: readonly [number, number, number] | null;
  readonly resampling: Resampling | null;
  readonly plane: ReducedLuma;
  readonly search: CopyMove;
}

function judge(image: ForensicImage, findings: Findings): LayerResult {
  const { tones, bits, resampling, plane, search } = findings;
  const copies = search.copies.slice(0, MOST_COPIES);
  const strong = copies.some(({ pairs, cells }) => pairs >= STRONG.pairs && cells.length >= STRONG.cells);
  const status: LayerStatus = strong ? 'flagged' : copies.length > 0 ? 'warning' : 'clear';
  const cellsInPlane = Math.max(1, (plane.width * plane.height) / 64);
  const [bit0, bit1, bit2] = bits ?? [0, 0, 0];
  return {
    id: 'pixel',
    family: 'pixels',
    status,
    score: null,
    features: {
      gaps: tones.gaps,
      spikes: tones.spikes,
      comb: tones.comb,
      black: tones.black,
      white: tones.white,
      clipped: tones.clipped,
      tones: tones.tones,
      bit0,
      bit1,
      bit2,
      rhythmFrequency: resampling?.frequency ?? 0,
      rhythmSignificance: resampling?.significance ?? 0,
      rhythmStrength: resampling?.strength ?? 0,
      blockRhythm: resampling?.blocks ?? 0,
      keypoints: search.keypoints,
      matches: search.pairs,
      copies: copies.length,
      copyPairs: copies.reduce((most, { pairs }) => Math.max(most, pairs), 0),
      copyShare: copies.reduce((sum, { cells }) => sum + cells.length, 0) / cellsInPlane,
      repetitive: search.repetitive ? 1 : 0,
    },
    label: label(status, search),
    explanation: explain(image, findings, copies),
    facts: listFacts(findings, copies),
    ...(copies.length > 0 && {
      map: copyMap(image, plane, copies),
      regions: copyRegions(image, plane, copies),
      marks: copyMarks(image, plane, copies),
    }),
  };
}

function label(status: LayerStatus, { repetitive }: CopyMove): Text {
  if (status === 'flagged') return message('layers.pixel.label.strong');
  if (status === 'warning') return message('layers.pixel.label.copy');
  return message(repetitive ? 'layers.pixel.label.repetitive' : 'layers.pixel.label.none');
}

function explain(image: ForensicImage, findings: Findings, copies: readonly Copy[]): Explanation {
  const { tones, bits, resampling, plane, search } = findings;
  const seen: Text[] = [];
  for (const copy of copies) {
    const [part, twin] = boxes(image, plane, copy);
    seen.push(
      message('layers.pixel.seen.copy', part.width, part.height, part.x, part.y, twin.x, twin.y, copy.pairs),
    );
  }
  if (search.repetitive) seen.push(message('layers.pixel.seen.repetitive'));
  else if (copies.length === 0) seen.push(message('layers.pixel.seen.noCopy', search.keypoints));
  seen.push(rhythm(resampling));
  if (tones.gaps + tones.spikes >= COMB_SEEN) {
    seen.push(message('layers.pixel.seen.comb', percent(tones.gaps), percent(tones.spikes)));
  }
  if (tones.clipped >= CLIPPED_SEEN) {
    seen.push(
      message(
        'layers.pixel.seen.clipped',
        percent(tones.clipped),
        percent(tones.black),
        percent(tones.white),
      ),
    );
  }
  if (bits && bits[0] < SMOOTH_SEEN) seen.push(message('layers.pixel.seen.smooth', percent(bits[0])));
  const means = copies.length > 0 ? 'copy' : search.repetitive ? 'repetitive' : 'none';
  const otherwise: Text[] = [
    message(copies.length > 0 ? 'layers.pixel.otherwise.copy' : 'layers.pixel.otherwise.none'),
  ];
  if (resampling && resampling.significance > RHYTHM_SEEN) {
    otherwise.push(message('layers.pixel.otherwise.rhythm'));
  }
  if (tones.gaps + tones.spikes >= COMB_SEEN) otherwise.push(message('layers.pixel.otherwise.comb'));
  return { seen, means: [message(`layers.pixel.means.${means}`)], otherwise };
}

function rhythm(resampling: Resampling | null): Text {
  if (!resampling) return message('layers.pixel.seen.rhythmUnknown');
  if (resampling.significance <= RHYTHM_SEEN) {
    return message('layers.pixel.seen.noRhythm', Math.round(resampling.squares));
  }
  const [larger = 0, smaller = 0] = resampling.factors;
  const period = round(1 / resampling.frequency, 2);
  return message('layers.pixel.seen.rhythm', period, round(smaller, 2), round(larger, 2));
}

function listFacts(findings: Findings, copies: readonly Copy[]): readonly Fact[] {
  const { tones, bits, resampling, plane, search } = findings;
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.pixel.fact.${key}.name`),
    value: message(`layers.pixel.fact.${key}.value`, ...args),
  });
  return [
    fact('searched', plane.width, plane.height, search.keypoints),
    fact('copies', copies.length),
    ...(resampling
      ? [fact('rhythm', round(1 / resampling.frequency, 2), round(resampling.strength, 1))]
      : []),
    fact('tones', tones.tones, percent(tones.gaps), percent(tones.spikes)),
    fact('clipped', percent(tones.black), percent(tones.white)),
    ...(bits ? [fact('bits', round(bits[0], 3), round(bits[1], 3), round(bits[2], 3))] : []),
  ];
}

/** Whole percent of a share; tenths where it would round to 0 or 100. */
function percent(share: number): number {
  const value = 100 * share;
  return round(value, value > 0 && (value < 1 || value > 99) ? 1 : 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
