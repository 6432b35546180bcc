import type { Layer } from '../../layer';
import { readPatches } from '../../pixels/patches';
import type { Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { type BalanceFindings, measureBalance } from './balance';
import { type ChromaFindings, measureChroma } from './chroma';
import type { LightColour } from './light';

const LEAST_SIDE = 64;
/** Below this a picture counts as black and white (Hasler and Suesstrunk: 15 is "slightly colourful"). */
const LEAST_COLOURFULNESS = 2;
/** What sunlight, sky, lamps and a roughly right white balance leave. Beyond: mentioned, never a warning. */
const PLAUSIBLE = { coolest: 12_000, warmest: 3_000, tint: 0.02 } as const;
/** Degrees between the lights of the picture's parts from which they are mentioned. */
const MIXED_LIGHT = 10;

/** Colours: how strong, how their fine detail goes together, and which light they seem to stand in. */
export const color: Layer = {
  id: 'color',
  family: 'pixels',
  needs: ['pixels'],
  shares: ['patches'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const patches = await readPatches(image);
    if (Math.min(image.width, image.height) < LEAST_SIDE || patches.length === 0) {
      return unavailable(color, message('layers.color.unavailable.small', LEAST_SIDE));
    }
    const chroma = measureChroma(patches);
    if (chroma.colourfulness < LEAST_COLOURFULNESS)
      return unavailable(color, message('layers.color.unavailable.grey'));
    return judge(chroma, measureBalance(patches));
  },
};

function judge(chroma: ChromaFindings, balance: BalanceFindings): LayerResult {
  const plausible = isPlausible(balance.edges) && isPlausible(balance.highlights);
  const light = balance.edges;
  return {
    id: 'color',
    family: 'pixels',
    status: 'clear',
    score: null,
    features: {
      ...chroma,
      // Mired: equal steps look alike; 154 is daylight, and stands where nothing could be measured.
      lightMired: light ? 1e6 / light.kelvin : 154,
      lightTint: light?.tint ?? 0,
      highlightMired: balance.highlights ? 1e6 / balance.highlights.kelvin : 154,
      highlightTint: balance.highlights?.tint ?? 0,
      lightDisagreement: balance.disagreement,
      lightSpread: balance.spread,
    },
    label: message(plausible ? 'layers.color.label.plausible' : 'layers.color.label.cast'),
    explanation: explain(chroma, balance, plausible),
    facts: listFacts(chroma, balance),
  };
}

/** True where nothing could be measured: no measurement is no oddity. */
function isPlausible(light: LightColour | null): boolean {
  if (!light) return true;
  const { kelvin, tint } = light;
  return kelvin > PLAUSIBLE.warmest && kelvin < PLAUSIBLE.coolest && Math.abs(tint) < PLAUSIBLE.tint;
}

function explain(chroma: ChromaFindings, balance: BalanceFindings, plausible: boolean): Explanation {
  const seen: Text[] = [
    message(
      'layers.color.seen.saturation',
      percent(chroma.saturation),
      percent(chroma.vivid),
      percent(chroma.pale),
    ),
  ];
  if (balance.edges) {
    const tint =
      Math.abs(balance.edges.tint) < PLAUSIBLE.tint
        ? 'light'
        : balance.edges.tint > 0
          ? 'lightGreen'
          : 'lightPink';
    seen.push(message(`layers.color.seen.${tint}`, hundreds(balance.edges.kelvin)));
  }
  if (balance.parts > 1) {
    const key = balance.spread >= MIXED_LIGHT ? 'mixed' : 'even';
    seen.push(message(`layers.color.seen.${key}`, balance.parts, round(balance.spread, 1)));
  }
  seen.push(message('layers.color.seen.detail', round(chroma.redGreen, 2), round(chroma.blueGreen, 2)));
  return {
    seen,
    means: [message(plausible ? 'layers.color.means.plausible' : 'layers.color.means.cast')],
    otherwise: [message(plausible ? 'layers.color.otherwise.plausible' : 'layers.color.otherwise.cast')],
  };
}

function listFacts(chroma: ChromaFindings, balance: BalanceFindings): readonly Fact[] {
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.color.fact.${key}.name`),
    value: message(`layers.color.fact.${key}.value`, ...args),
  });
  const lightFact = (key: 'edges' | 'highlights', light: LightColour) =>
    fact(key, hundreds(light.kelvin), round(light.tint, 3));
  return [
    fact('saturation', percent(chroma.saturation), percent(chroma.saturationSpread)),
    fact('colourfulness', round(chroma.colourfulness, 0)),
    fact('detail', round(chroma.chromaDetail, 2)),
    fact('correlation', round(chroma.redGreen, 3), round(chroma.blueGreen, 3)),
    fact('information', round(chroma.redInformation, 2), round(chroma.blueInformation, 2)),
    ...(balance.edges ? [lightFact('edges', balance.edges)] : []),
    ...(balance.highlights ? [lightFact('highlights', balance.highlights)] : []),
  ];
}

function percent(share: number): number {
  return round(100 * share, 0);
}

/** A colour temperature is not known to better than hundreds of kelvin. */
function hundreds(kelvin: number): number {
  return 100 * Math.round(kelvin / 100);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
