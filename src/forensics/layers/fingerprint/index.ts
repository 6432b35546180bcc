import type { Layer } from '../../layer';
import { readResidualTiles } from '../../pixels/residual';
import type { Fact, LayerResult } from '../../report';
import { message } from '../../text';
import { unavailable } from '../../unavailable';
import { compareSpectrum, type GeneratorSpectra, type Likeness } from './averages';
import { residualSpectrum } from './spectrum';

/** Generators listed as the most alike. */
const LISTED = 3;

/** Residual spectrum against the averages of known generators. */
export const fingerprint: Layer = {
  id: 'fingerprint',
  family: 'frequency',
  needs: ['pixels'],
  shares: ['residual'],
  async analyze(image, services, signal) {
    signal.throwIfAborted();
    const averages = await services.generatorSpectra?.();
    signal.throwIfAborted();
    if (!averages) return unavailable(fingerprint, message('layers.fingerprint.unavailable.averages'));
    const tiles = await readResidualTiles(image);
    if (tiles.length === 0)
      return unavailable(fingerprint, message('layers.fingerprint.unavailable.small', 64));
    const spectrum = residualSpectrum(tiles);
    if (!spectrum) return unavailable(fingerprint, message('layers.fingerprint.unavailable.blank'));
    const { generators, all } = compareSpectrum(spectrum, averages);
    const [nearest] = generators;
    if (!nearest) return unavailable(fingerprint, message('layers.fingerprint.unavailable.averages'));
    return judge(generators, nearest, all, averages);
  },
};

function judge(
  generators: readonly Likeness[],
  nearest: Likeness,
  all: number,
  { usual }: GeneratorSpectra,
): LayerResult {
  const unusual = nearest.likeness > usual;
  const figure = round(nearest.likeness);
  return {
    id: 'fingerprint',
    family: 'frequency',
    status: 'clear',
    score: null,
    features: { nearest: nearest.likeness, all, margin: nearest.likeness - (generators[1]?.likeness ?? 0) },
    label: unusual
      ? message('layers.fingerprint.label.like', nearest.name)
      : message('layers.fingerprint.label.usual'),
    explanation: {
      seen: [
        message('layers.fingerprint.seen.compared', generators.length),
        unusual
          ? message('layers.fingerprint.seen.like', nearest.name, figure, round(usual))
          : message('layers.fingerprint.seen.usual', nearest.name, figure, round(usual)),
      ],
      means: [message(unusual ? 'layers.fingerprint.means.like' : 'layers.fingerprint.means.usual')],
      otherwise: [message('layers.fingerprint.otherwise')],
    },
    facts: [
      ...generators.slice(0, LISTED).map(
        (entry): Fact => ({
          name: message('layers.fingerprint.fact.generator.name', entry.name),
          value: message('layers.fingerprint.fact.generator.value', round(entry.likeness), entry.pictures),
        }),
      ),
      {
        name: message('layers.fingerprint.fact.all.name'),
        value: message('layers.fingerprint.fact.all.value', round(all)),
      },
    ],
  };
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
