import type { ForensicImage } from '../../image';
import type { Layer } from '../../layer';
import { type ReducedLuma, reducedLuma } from '../../pixels/reduced-luma';
import type { EvidenceMark, Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { findContours } from './contours';
import { apart, consensus, type Light, lightAlong } from './light';

const LEAST_SIDE = 128;
/** Outlines told and drawn, the surest first. */
const MOST_LIGHTS = 12;
/** Directions that differ by more than this, degrees, and by more than their errors allow, disagree. */
const DISAGREE = 60;
const DISAGREE_ERRORS = 4;
/** Length of an arrow, as a share of the shorter side. */
const ARROW = 0.15;

/** Light: where it comes from along the outlines of rounded things, and whether they agree. */
export const physics: Layer = {
  id: 'physics',
  family: 'physics',
  needs: ['pixels'],
  shares: ['reduced'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    if (Math.min(image.width, image.height) < LEAST_SIDE) {
      return unavailable(physics, message('layers.physics.unavailable.small', LEAST_SIDE));
    }
    const plane = await reducedLuma(image);
    signal.throwIfAborted();
    if (!plane.whole) return unavailable(physics, message('layers.physics.unavailable.long'));
    const { luma } = plane;
    const contours = findContours(luma, plane.width, plane.height);
    signal.throwIfAborted();
    const lights = contours
      .map((contour) => lightAlong(contour, luma, plane.width, plane.height))
      .filter((light) => light !== null)
      .sort((a, b) => a.error - b.error);
    if (lights.length === 0) {
      return unavailable(physics, message('layers.physics.unavailable.nothing', contours.length));
    }
    return judge(image, plane, lights.slice(0, MOST_LIGHTS));
  },
};

function judge(image: ForensicImage, { scale }: ReducedLuma, lights: readonly Light[]): LayerResult {
  const common = consensus(lights);
  const odd = lights.filter((light) => disagrees(light, common));
  const label = lights.length === 1 ? 'one' : odd.length > 0 ? 'differ' : 'agree';
  return {
    id: 'physics',
    family: 'physics',
    // Real scenes disagree too often to warn of it: README.md, Measured power.
    status: 'clear',
    score: null,
    features: {
      outlines: lights.length,
      oddOutlines: odd.length,
      disagreement: lights.reduce((most, { direction }) => Math.max(most, apart(direction, common)), 0),
      explained: lights.reduce((sum, { explained }) => sum + explained, 0) / lights.length,
      strength: lights.reduce((sum, { strength }) => sum + strength, 0) / lights.length,
      upward: Math.sin((common * Math.PI) / 180),
    },
    label: message(`layers.physics.label.${label}`),
    explanation: explain(lights, odd, common),
    facts: lights.map(fact),
    marks: lights.map((light) => arrow(image, scale, light, odd.includes(light))),
  };
}

function disagrees(light: Light, common: number): boolean {
  const difference = apart(light.direction, common);
  return difference > DISAGREE && difference > DISAGREE_ERRORS * light.error;
}

/** From the middle of the outline towards the light, cut off at the border of the image. */
function arrow(image: ForensicImage, scale: number, light: Light, odd: boolean): EvidenceMark {
  const length = ARROW * Math.min(image.width, image.height);
  const angle = (light.direction * Math.PI) / 180;
  const from = { x: clamp(light.x * scale, image.width), y: clamp(light.y * scale, image.height) };
  const to = {
    x: clamp(from.x + length * Math.cos(angle), image.width),
    y: clamp(from.y - length * Math.sin(angle), image.height),
  };
  const label = message('layers.physics.mark', Math.round(light.direction));
  return { from, to, kind: 'arrow', tone: odd ? 'odd' : 'usual', label };
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

function explain(lights: readonly Light[], odd: readonly Light[], common: number): Explanation {
  const seen: Text[] = [message('layers.physics.seen.outlines', lights.length, Math.round(common))];
  for (const light of odd.slice(0, 3)) {
    const difference = Math.round(apart(light.direction, common));
    seen.push(
      message('layers.physics.seen.odd', Math.round(light.direction), Math.round(light.error), difference),
    );
  }
  if (lights.length > 1 && odd.length === 0) seen.push(message('layers.physics.seen.agree', DISAGREE));
  const means = lights.length === 1 ? 'one' : odd.length > 0 ? 'differ' : 'agree';
  return {
    seen,
    means: [message(`layers.physics.means.${means}`)],
    otherwise: [
      message(odd.length > 0 ? 'layers.physics.otherwise.differ' : 'layers.physics.otherwise.agree'),
    ],
  };
}

function fact(light: Light): Fact {
  return {
    name: message('layers.physics.fact.light.name'),
    value: message(
      'layers.physics.fact.light.value',
      Math.round(light.direction),
      Math.round(light.error),
      Math.round(100 * light.explained),
      light.points,
    ),
  };
}
