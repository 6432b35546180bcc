import { median } from '../../dsp/statistics';
import type { Layer } from '../../layer';
import { type LocalNoise, localNoise } from '../../pixels/local-noise';
import { readResidualTiles } from '../../pixels/residual';
import type { EvidenceMap, EvidencePlot, Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { type ChannelFigures, channelFigures, type ResidualFigures, residualFigures } from './correlations';
import { type NoiseLevelFunction, noiseLevelFunction } from './level-function';
import { type Unevenness, unevenness } from './uneven';

/** Residuals below this, in grey levels, are rounding: drawings, screenshots, blank pictures. */
const BLANK_RMS = 0.02;
/** Share of smoothed blocks from which the noise that is left tells of the file and not of its maker. */
const MOSTLY_SMOOTHED = 0.75;
/** For the words alone: a line that explains this share, over this span, "grows with brightness". */
const EXPLAINED = 0.5;
const SPAN = 60;

/** Noise of the picture: its level by brightness, its correlations, and where it differs. */
export const noise: Layer = {
  id: 'noise',
  family: 'pixels',
  needs: ['pixels'],
  shares: ['residual'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const tiles = await readResidualTiles(image);
    if (tiles.length === 0) return unavailable(noise, message('layers.noise.unavailable.small', 64));
    const residual = residualFigures(tiles);
    if (residual.rms < BLANK_RMS) return unavailable(noise, message('layers.noise.unavailable.blank'));
    const curve = noiseLevelFunction(tiles);
    if (!curve) return unavailable(noise, message('layers.noise.unavailable.clipped'));
    signal.throwIfAborted();
    const local = await localNoise(image);
    signal.throwIfAborted();
    return judge({
      residual,
      curve,
      channels: await channelFigures(image, tiles),
      local,
      uneven: unevenness(local),
      side: tiles[0]?.size ?? 0,
      tiles: tiles.length,
    });
  },
};

interface Findings {
  readonly residual: ResidualFigures;
  readonly curve: NoiseLevelFunction;
  readonly channels: ChannelFigures;
  readonly local: LocalNoise;
  readonly uneven: Unevenness | null;
  readonly side: number;
  readonly tiles: number;
}

function judge(findings: Findings): LayerResult {
  const { residual, curve, channels, local, uneven } = findings;
  const level = median(local.level);
  const map: EvidenceMap | null = uneven && {
    width: local.columns,
    height: local.rows,
    data: uneven.map,
    shows: message('layers.noise.map'),
    cell: local.cell,
  };
  return {
    id: 'noise',
    family: 'pixels',
    status: 'clear',
    score: null,
    features: {
      level,
      rms: residual.rms,
      smoothed: curve.smoothed,
      gain: curve.gain,
      offset: curve.offset,
      fitError: curve.fitError,
      explained: curve.explained,
      across: residual.across,
      down: residual.down,
      diagonal: residual.diagonal,
      second: residual.second,
      kurtosis: residual.kurtosis,
      redGreen: channels.redGreen,
      greenBlue: channels.greenBlue,
      redBlue: channels.redBlue,
      uneven: uneven?.spread ?? 0,
      outliers: uneven?.outliers ?? 0,
      largest: uneven ? uneven.largest / uneven.usable : 0,
    },
    label: label(findings, level),
    explanation: explain(findings, level),
    facts: listFacts(findings),
    plots: [levelPlot(curve)],
    ...(map ? { map } : {}),
  };
}

function label({ curve }: Findings, level: number): Text {
  if (curve.smoothed >= MOSTLY_SMOOTHED) return message('layers.noise.label.smoothed');
  return message('layers.noise.label.level', round(level, 1));
}

function explain({ residual, curve, uneven, tiles, side }: Findings, level: number): Explanation {
  const seen: Text[] = [
    message('layers.noise.seen.level', round(level, 2), tiles, side),
    message('layers.noise.seen.correlation', round(residual.across, 2), round(residual.down, 2)),
  ];
  const smoothed = curve.smoothed >= MOSTLY_SMOOTHED;
  if (smoothed) seen.push(message('layers.noise.seen.smoothed', Math.round(100 * curve.smoothed)));
  else if (curve.explained >= EXPLAINED && curve.span >= SPAN) {
    seen.push(message(curve.gain > 0 ? 'layers.noise.seen.grows' : 'layers.noise.seen.falls'));
  } else seen.push(message('layers.noise.seen.noCurve'));
  if (uneven) seen.push(message('layers.noise.seen.uneven', Math.round(100 * uneven.outliers)));
  return {
    seen,
    means: [message(smoothed ? 'layers.noise.means.smoothed' : 'layers.noise.means.level')],
    otherwise: [message('layers.noise.otherwise.processing'), message('layers.noise.otherwise.map')],
  };
}

/** Noise variance by brightness: as measured, and the line through it. */
function levelPlot({ points, gain, offset }: NoiseLevelFunction): EvidencePlot {
  return {
    title: message('layers.noise.plot.title'),
    x: { label: message('layers.noise.plot.x'), values: points.map(({ brightness }) => brightness) },
    y: { label: message('layers.noise.plot.y') },
    series: [
      {
        label: message('layers.noise.plot.measured'),
        kind: 'points',
        values: points.map(({ variance }) => variance),
      },
      {
        label: message('layers.noise.plot.line'),
        kind: 'line',
        reference: true,
        values: points.map(({ brightness }) => gain * brightness + offset),
      },
    ],
  };
}

function listFacts({ residual, curve, channels }: Findings): readonly Fact[] {
  const fact = (name: string, ...args: number[]): Fact => ({
    name: message(`layers.noise.fact.${name}.name`),
    value: message(`layers.noise.fact.${name}.value`, ...args),
  });
  return [
    fact('curve', round(curve.gain, 4), round(curve.offset, 2)),
    fact('explained', Math.round(100 * curve.explained)),
    fact('neighbours', round(residual.across, 2), round(residual.down, 2), round(residual.diagonal, 2)),
    fact('channels', round(channels.redGreen, 2), round(channels.greenBlue, 2), round(channels.redBlue, 2)),
    fact('tails', round(residual.kurtosis, 1)),
  ];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
