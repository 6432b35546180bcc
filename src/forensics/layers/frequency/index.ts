import type { ForensicImage } from '../../image';
import type { Layer } from '../../layer';
import { readLumaTiles } from '../../pixels/luma-tiles';
import { readResidualTiles } from '../../pixels/residual';
import type { Explanation, Fact, LayerResult, LayerStatus } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { type Azimuth, azimuth } from './azimuth';
import { findPeaks, latticeExcess, type Peak } from './peaks';
import { spectrumPicture } from './picture';
import { FIT_FROM, FIT_TO, type RadialProfile, radialProfile } from './radial';
import { radialPlot } from './radial-plot';
import { type Repetition, repetition } from './repetition';
import { averageSpectra, type Spectra } from './spectra';

/** Tile sides, the largest that fits is taken: figures of different pictures then mean the same. */
const TILE_SIDES = [256, 128, 64] as const;
const MAX_TILES = 16;

/**
 * A peak counts when a picture of pure noise shows one as strong less than once in 1000 pictures
 * (a bound, see peaks.ts; not tuned on any picture).
 */
const ALARM = 3;

/**
 * Upsampling by powers of two inside a network repeats spectra at multiples of 1/16 cycles per px (Zhang et
 * al. 2019). Those that are also multiples of 1/8 may be JPEG's. An accidental peak falls on the others
 * with probability below 0.05, so three of them are no accident (1 in 10,000).
 */
const LATTICE = 16;
const LATTICE_PEAKS = 3;

/** Spectrum of native-resolution tiles: fall-off, periodic patterns, traces of resampling. */
export const frequency: Layer = {
  id: 'frequency',
  family: 'frequency',
  needs: ['pixels'],
  shares: ['residual'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const side = TILE_SIDES.find((size) => Math.min(image.width, image.height) >= size);
    if (side === undefined) return unavailable(frequency, message('layers.frequency.unavailable.small', 64));
    const tiles = await readLumaTiles(image.pixels, side, MAX_TILES);
    const residuals = await readResidualTiles(image);
    // Spectra are judged without a wait: their arrays are the next picture's.
    const spectra = averageSpectra(tiles, signal);
    if (!spectra) return unavailable(frequency, message('layers.frequency.unavailable.blank'));
    return judge(image, spectra, repetition(residuals));
  },
};

interface Findings {
  readonly spectra: Spectra;
  readonly radial: RadialProfile;
  /** Significant ones off the JPEG grid. */
  readonly patterns: readonly Peak[];
  /** Significant ones in the sharpness spectrum, off the JPEG grid. */
  readonly resampling: readonly Peak[];
  readonly lattice: readonly Peak[];
  /** Mean excess at multiples of 1/8 cycles per px, dB, in the sharpness spectrum. */
  readonly blocks: number;
  readonly direction: Azimuth;
  readonly repeats: Repetition;
}

function judge(image: ForensicImage, spectra: Spectra, repeats: Repetition): LayerResult {
  const { size, tiles } = spectra;
  const radial = radialProfile(spectra.luma, size);
  const peaks = findPeaks(spectra.residual, size, tiles).filter((peak) => !peak.onJpegGrid);
  const sharpnessPeaks = findPeaks(spectra.sharpness, size, tiles).filter((peak) => !peak.onJpegGrid);
  const patterns = peaks.filter((peak) => peak.significance > ALARM);
  const resampling = sharpnessPeaks.filter((peak) => peak.significance > ALARM);
  const lattice = patterns.filter((peak) => isOnLattice(peak, size));
  const blocks = latticeExcess(spectra.sharpness, size, { period: 8, axesOnly: true });
  const direction = azimuth(spectra.residual, size);
  const findings: Findings = { spectra, radial, patterns, resampling, lattice, blocks, direction, repeats };
  const status: LayerStatus =
    lattice.length >= LATTICE_PEAKS ? 'flagged' : patterns.length > 0 ? 'warning' : 'clear';
  const strongest = peaks[0];
  return {
    id: 'frequency',
    family: 'frequency',
    status,
    score: null,
    features: {
      slope: radial.slope,
      fitError: radial.fitError,
      midExcess: radial.midExcess,
      highExcess: radial.highExcess,
      cornerExcess: radial.cornerExcess,
      anisotropy: radial.anisotropy,
      peakCount: patterns.length,
      peakStrength: strongest?.strength ?? 0,
      peakSignificance: Math.max(0, strongest?.significance ?? 0),
      resamplingSignificance: Math.max(0, sharpnessPeaks[0]?.significance ?? 0),
      lattice16: latticeExcess(spectra.residual, size, { period: LATTICE, except: 8 }),
      lattice8: latticeExcess(spectra.residual, size, { period: 8 }),
      blocks,
      period2: latticeExcess(spectra.residual, size, { period: 2 }),
      period4: latticeExcess(spectra.residual, size, { period: 4, except: 2 }),
      period8: latticeExcess(spectra.residual, size, { period: 8, except: 4 }),
      // Closer places than the window's lobe cannot be told apart in smaller tiles.
      period64:
        size < 256 ? 0 : latticeExcess(spectra.residual, size, { period: 64, except: 16, axesOnly: true }),
      directionSpread: direction.spread,
      axes: direction.axes,
      ...repeats,
      tileSide: size,
      tiles,
    },
    label: label(status, patterns),
    explanation: explain(findings, status),
    facts: listFacts(image, findings),
    picture: spectrumPicture(spectra.residual, size, patterns),
    plots: [radialPlot(spectra.luma, size, radial)],
  };
}

function isOnLattice(peak: Peak, size: number): boolean {
  return [peak.fx, peak.fy].every(
    (f) => Math.abs(f * LATTICE - Math.round(f * LATTICE)) <= (LATTICE * 0.75) / size,
  );
}

function label(status: LayerStatus, patterns: readonly Peak[]): Text {
  const [first] = patterns;
  if (status === 'flagged') return message('layers.frequency.label.lattice');
  if (first) return message('layers.frequency.label.pattern', round(first.period, 1));
  return message('layers.frequency.label.none');
}

function explain(findings: Findings, status: LayerStatus): Explanation {
  const { spectra, radial, patterns, resampling } = findings;
  const seen: Text[] = [message('layers.frequency.seen.tiles', spectra.tiles, spectra.size)];
  for (const peak of patterns.slice(0, 3)) {
    seen.push(
      message(
        'layers.frequency.seen.peak',
        round(peak.period, 2),
        wholeDegrees(peak),
        Math.round(peak.strength),
      ),
    );
  }
  if (patterns.length === 0) seen.push(message('layers.frequency.seen.noPeak'));
  seen.push(message('layers.frequency.seen.slope', round(radial.slope, 2)));
  const [resampled] = resampling;
  if (resampled) seen.push(message('layers.frequency.seen.resampling', round(resampled.period, 2)));
  if (findings.blocks > BLOCKS_SEEN) {
    seen.push(message('layers.frequency.seen.blocks', round(findings.blocks, 1)));
  }
  const means: Text[] =
    status === 'flagged'
      ? [message('layers.frequency.means.lattice')]
      : patterns.length > 0
        ? [message('layers.frequency.means.pattern')]
        : [message('layers.frequency.means.none')];
  const otherwise: Text[] =
    patterns.length > 0
      ? [message('layers.frequency.otherwise.pattern'), message('layers.frequency.otherwise.scaling')]
      : [message('layers.frequency.otherwise.none')];
  return { seen, means, otherwise };
}

/** dB from which the 8-px grid is mentioned. For the words alone: it enters no status. */
const BLOCKS_SEEN = 3;

function listFacts(image: ForensicImage, findings: Findings): readonly Fact[] {
  const { spectra, radial, patterns } = findings;
  const fact = (name: string, key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.frequency.fact.${name}.name`),
    value: message(`layers.frequency.fact.${key}.value`, ...args),
  });
  return [
    fact('sampled', 'sampled', spectra.tiles, spectra.size, image.width, image.height),
    fact('slope', 'slope', round(radial.slope, 2), round(FIT_FROM, 3), round(FIT_TO, 2)),
    fact('high', 'high', round(radial.highExcess, 1)),
    fact('blocks', 'blocks', round(findings.blocks, 1)),
    fact('direction', 'direction', round(findings.direction.spread, 1), round(findings.direction.axes, 1)),
    fact('repeats', 'repeats', ...Object.values(findings.repeats).map((value) => round(value, 3))),
    ...patterns.map((peak) =>
      fact('peak', 'peak', round(peak.period, 2), wholeDegrees(peak), round(peak.strength, 1)),
    ),
  ];
}

/** 180 degrees are 0 degrees: a pattern has an axis, not a heading. */
function wholeDegrees(peak: Peak): number {
  return Math.round(peak.direction) % 180;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
