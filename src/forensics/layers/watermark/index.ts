import type { Layer } from '../../layer';
import type { Explanation, Fact, LayerResult, LayerStatus } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { BLOCK } from './block-peaks';
import { readBlockBits } from './blocks';
import { type Match, matchMessage } from './match';
import { KNOWN_MESSAGES, type KnownMessage } from './messages';
import { findVisibleMarks, type VisibleMark } from './visible';

/**
 * Separation from which a message counts as found, by its length: shorter ones are closer to chance. No real
 * picture came near (README.md).
 */
const FOUND: Readonly<Record<KnownMessage['id'], number>> = { sd1: 0.22, sd2: 0.35, sdxl: 0.28, flux: 0.28 };

/** Share of message bits that must agree besides. */
const AGREEING = 0.85;

/** The library refuses smaller pictures. */
const LEAST_PIXELS = 256 * 256;

const text = (key: string, ...args: (string | number)[]) => message(`layers.watermark.${key}`, ...args);

/** Marks that generators put into their pictures: open invisible watermarks, and visible marks in the corners. */
export const watermark: Layer = {
  id: 'watermark',
  family: 'pixels',
  needs: ['pixels'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    if (image.width * image.height < LEAST_PIXELS)
      return unavailable(watermark, text('unavailable.small'), message('engine.not_run'));
    const blocks = await readBlockBits(image.pixels);
    signal.throwIfAborted();
    const matches = KNOWN_MESSAGES.flatMap((known) => matchMessage(blocks, known) ?? []);
    if (matches.length === 0)
      return unavailable(watermark, text('unavailable.small'), message('engine.not_run'));
    const found = matches.filter(isFound).sort((a, b) => b.separation - a.separation)[0];
    return resultOf(matches, found ?? null, findVisibleMarks(image.pixels), blocks.bits.length);
  },
};

function isFound({ message: known, separation, agreeing }: Match): boolean {
  return separation >= FOUND[known.id] && agreeing >= AGREEING * known.bits.length;
}

/** All visible marks that are looked for, in the order of their facts. */
const VISIBLE: readonly VisibleMark['id'][] = ['colourBar', 'sparkle', 'bing'];

function resultOf(
  matches: readonly Match[],
  found: Match | null,
  visible: readonly VisibleMark[],
  blocks: number,
): LayerResult {
  const [mark] = visible;
  const status: LayerStatus = found ? 'flagged' : mark ? 'warning' : 'clear';
  const seen = (id: VisibleMark['id']) => visible.some((one) => one.id === id);
  return {
    id: 'watermark',
    family: 'pixels',
    status,
    score: null,
    features: {
      ...Object.fromEntries(matches.map((match) => [`${match.message.id}Separation`, match.separation])),
      invisible: found ? 1 : 0,
      ...Object.fromEntries(VISIBLE.map((id) => [id, seen(id) ? 1 : 0])),
    },
    label: found
      ? text('label.invisible', found.message.generator)
      : text(mark ? `label.${mark.id}` : 'label.none'),
    explanation: explain(found, visible, blocks),
    facts: facts(matches, seen, blocks),
    ...(mark ? { regions: visible.map(({ region }) => region) } : {}),
    ...(found
      ? { claim: { kind: 'generated', name: found.message.generator, where: 'invisible watermark' } }
      : {}),
  };
}

function explain(found: Match | null, visible: readonly VisibleMark[], blocks: number): Explanation {
  const seen: Text[] = [];
  if (found) {
    const { message: known, agreeing, separation } = found;
    const { length } = known.bits;
    seen.push(text('seen.invisible', known.generator, agreeing, length, Math.round(100 * separation)));
  }
  for (const { id, region } of visible) {
    seen.push(text(`seen.${id}`, region.width, region.x, region.y, Number(region.score.toFixed(2))));
  }
  if (seen.length === 0) seen.push(text('seen.none', blocks));
  const grounds = [...(found ? ['invisible'] : []), ...visible.map(({ id }) => id)];
  if (grounds.length === 0) grounds.push('none');
  return {
    seen,
    means: grounds.map((ground) => text(`means.${ground}`)),
    otherwise: grounds.map((ground) => text(`otherwise.${ground}`)),
  };
}

function facts(matches: readonly Match[], seen: (id: VisibleMark['id']) => boolean, blocks: number): Fact[] {
  return [
    { name: text('fact.blocks'), value: text('fact.blocksValue', blocks, BLOCK) },
    ...matches.map((match) => ({
      name: text('fact.message', match.message.generator),
      value: text(
        'fact.match',
        match.agreeing,
        match.message.bits.length,
        Math.round(100 * match.separation),
      ),
    })),
    ...VISIBLE.map((id) => ({
      name: text(`fact.${id}`),
      value: text(seen(id) ? 'fact.there' : 'fact.absent'),
    })),
  ];
}
