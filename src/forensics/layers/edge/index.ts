import type { ForensicImage } from '../../image';
import type { Layer } from '../../layer';
import { readPatches } from '../../pixels/patches';
import type { EvidenceMark, Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { type Aberration, measureAberration } from './aberration';
import { type GradientFindings, measureGradients } from './gradients';
import { type HaloFindings, LEAST_EDGES, measureHalos } from './halos';
import type { RadialFit } from './radial-fit';

const LEAST_SIDE = 128;
/** Mean gradient, levels a px, below which a picture has no edges to look at. */
const LEAST_GRADIENT = 0.2;
/**
 * A lens is said to show from here on: standard errors, and share of the colour shifts that one
 * magnification explains (README.md: how often in photographs and in AI pictures).
 */
const LENS = { t: 6, explained: 0.2 } as const;
/** Overshoot from which sharpening is mentioned. For the words alone. */
const SHARPENED = 0.08;
const MOST_T = 50;
/** Corner shifts beyond this are no lens: clamped for the fusion. */
const MOST_SHIFT = 5;
/** The longest arrow, as a share of the shorter side: shifts of a pixel would not be seen. */
const LONGEST_ARROW = 0.08;

/** Edges: how steep, how sharpened, and whether their colours part towards the corners as a lens has it. */
export const edge: Layer = {
  id: 'edge',
  family: 'pixels',
  needs: ['pixels'],
  shares: ['patches'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const patches = await readPatches(image);
    if (Math.min(image.width, image.height) < LEAST_SIDE || patches.length === 0) {
      return unavailable(edge, message('layers.edge.unavailable.small', LEAST_SIDE));
    }
    const gradients = measureGradients(patches);
    if (gradients.mean < LEAST_GRADIENT) return unavailable(edge, message('layers.edge.unavailable.blank'));
    const halos = measureHalos(patches);
    signal.throwIfAborted();
    const aberration = await measureAberration(image);
    signal.throwIfAborted();
    return judge(image, { gradients, halos, aberration });
  },
};

interface Findings {
  readonly gradients: GradientFindings;
  readonly halos: HaloFindings;
  readonly aberration: Aberration | null;
}

function judge(image: ForensicImage, findings: Findings): LayerResult {
  const { gradients, halos, aberration } = findings;
  const lens = lensFit(aberration);
  const red = aberration?.red ?? null;
  const blue = aberration?.blue ?? null;
  return {
    id: 'edge',
    family: 'pixels',
    status: 'clear',
    score: null,
    features: {
      gradient: gradients.mean,
      flat: gradients.flat,
      tail: gradients.tail,
      cardinal: gradients.cardinal,
      stepEdges: halos.edges,
      halo: halos.halo,
      edgeWidth: halos.width,
      lensRed: clamp(red?.corner ?? 0, MOST_SHIFT),
      lensBlue: clamp(blue?.corner ?? 0, MOST_SHIFT),
      lensSure: Math.max(sureness(red), sureness(blue)),
      lensExplained: Math.max(red?.explained ?? 0, blue?.explained ?? 0),
      lensSquares: aberration?.squares ?? 0,
    },
    label: message(lens ? 'layers.edge.label.lens' : 'layers.edge.label.none'),
    explanation: explain(findings, lens),
    facts: listFacts(findings),
    ...(lens && { marks: arrows(image, lens) }),
  };
}

type LensFit = RadialFit & { readonly colour: 'red' | 'blue' };

/** The surer of the two colours, where it is sure enough to speak of a lens. */
function lensFit(aberration: Aberration | null): LensFit | null {
  const fits: LensFit[] = [];
  if (aberration?.red) fits.push({ ...aberration.red, colour: 'red' });
  if (aberration?.blue) fits.push({ ...aberration.blue, colour: 'blue' });
  const [best] = fits.sort((a, b) => Math.abs(b.t) - Math.abs(a.t));
  return best && Math.abs(best.t) >= LENS.t && best.explained >= LENS.explained ? best : null;
}

function sureness(fit: RadialFit | null): number {
  return fit ? Math.min(MOST_T, Math.abs(fit.t)) : 0;
}

/** The fitted magnification at eight places around the middle, much enlarged. */
function arrows(image: ForensicImage, fit: LensFit): readonly EvidenceMark[] {
  const { width, height } = image;
  const reach = LONGEST_ARROW * Math.min(width, height) * Math.sign(fit.magnification);
  const label = message(`layers.edge.mark.${fit.colour}`);
  return Array.from({ length: 8 }, (_, at): EvidenceMark => {
    const angle = (at * Math.PI) / 4;
    const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
    const from = { x: width / 2 + 0.38 * width * ux, y: height / 2 + 0.38 * height * uy };
    const length = Math.hypot(width * ux, height * uy);
    const to = { x: from.x + (reach * width * ux) / length, y: from.y + (reach * height * uy) / length };
    return { from, to, kind: 'arrow', tone: 'usual', label };
  });
}

function explain({ gradients, halos, aberration }: Findings, lens: LensFit | null): Explanation {
  const seen: Text[] = [];
  if (!aberration) seen.push(message('layers.edge.seen.grey'));
  else if (!aberration.red && !aberration.blue) {
    seen.push(message('layers.edge.seen.fewEdges', aberration.squares));
  } else if (lens) {
    const key = lens.corner > 0 ? 'lensOut' : 'lensIn';
    const pixels = round(Math.abs(lens.corner), 2);
    seen.push(
      message(`layers.edge.seen.${key}.${lens.colour}`, pixels, percent(lens.explained), lens.squares),
    );
  } else seen.push(message('layers.edge.seen.noLens', aberration.squares));
  if (halos.edges >= LEAST_EDGES) {
    const key = halos.halo >= SHARPENED ? 'halo' : 'noHalo';
    seen.push(message(`layers.edge.seen.${key}`, halos.edges, percent(halos.halo), round(halos.width, 1)));
  }
  seen.push(message('layers.edge.seen.gradient', percent(gradients.flat), round(gradients.mean, 1)));
  const otherwise: Text[] = [message(lens ? 'layers.edge.otherwise.lens' : 'layers.edge.otherwise.noLens')];
  if (halos.halo >= SHARPENED) otherwise.push(message('layers.edge.otherwise.halo'));
  return { seen, means: [message(lens ? 'layers.edge.means.lens' : 'layers.edge.means.noLens')], otherwise };
}

function listFacts({ gradients, halos, aberration }: Findings): readonly Fact[] {
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.edge.fact.${key}.name`),
    value: message(`layers.edge.fact.${key}.value`, ...args),
  });
  const lensFact = (key: 'red' | 'blue', fit: RadialFit) =>
    fact(key, round(fit.corner, 2), round(Math.abs(fit.t), 1), percent(fit.explained));
  return [
    ...(aberration?.red ? [lensFact('red', aberration.red)] : []),
    ...(aberration?.blue ? [lensFact('blue', aberration.blue)] : []),
    ...(halos.edges >= LEAST_EDGES
      ? [fact('halo', percent(halos.halo)), fact('width', round(halos.width, 1), halos.edges)]
      : []),
    fact('cardinal', percent(gradients.cardinal)),
  ];
}

function percent(share: number): number {
  return round(100 * share, 0);
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
