import type { Layer } from '../../layer';
import type { Explanation, Fact, LayerResult, LayerStatus } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { BLOCK, readBlockBits } from './blocks';
import { hasColourBar } from './colour-bar';
import { type Match, matchMessage } from './match';
import { KNOWN_MESSAGES, type KnownMessage } from './messages';

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

/** Marks that generators put into their pictures: open invisible watermarks, and DALL-E 2's colour bar. */
export const watermark: Layer = {
  id: 'watermark',
  family: 'pixels',
  needs: ['pixels'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    if (image.width * image.height < LEAST_PIXELS)
      return unavailable(watermark, text('unavailable.small'), message('engine.not_run'));
    const blocks = readBlockBits(image.pixels);
    signal.throwIfAborted();
    const matches = KNOWN_MESSAGES.flatMap((known) => matchMessage(blocks, known) ?? []);
    if (matches.length === 0)
      return unavailable(watermark, text('unavailable.small'), message('engine.not_run'));
    const found = matches.filter(isFound).sort((a, b) => b.separation - a.separation)[0];
    return resultOf(matches, found ?? null, hasColourBar(image.pixels), blocks.bits.length);
  },
};

function isFound({ message: known, separation, agreeing }: Match): boolean {
  return separation >= FOUND[known.id] && agreeing >= AGREEING * known.bits.length;
}

function resultOf(
  matches: readonly Match[],
  found: Match | null,
  colourBar: boolean,
  blocks: number,
): LayerResult {
  const status: LayerStatus = found ? 'flagged' : colourBar ? 'warning' : 'clear';
  return {
    id: 'watermark',
    family: 'pixels',
    status,
    score: null,
    features: {
      ...Object.fromEntries(matches.map((match) => [`${match.message.id}Separation`, match.separation])),
      invisible: found ? 1 : 0,
      colourBar: colourBar ? 1 : 0,
    },
    label: found
      ? text('label.invisible', found.message.generator)
      : text(colourBar ? 'label.colourBar' : 'label.none'),
    explanation: explain(found, colourBar, blocks),
    facts: facts(matches, colourBar, blocks),
    ...(found
      ? { claim: { kind: 'generated', name: found.message.generator, where: 'invisible watermark' } }
      : {}),
  };
}

function explain(found: Match | null, colourBar: boolean, blocks: number): Explanation {
  const seen: Text[] = [];
  if (found) {
    const { message: known, agreeing, separation } = found;
    const { length } = known.bits;
    seen.push(text('seen.invisible', known.generator, agreeing, length, Math.round(100 * separation)));
  }
  if (colourBar) seen.push(text('seen.colourBar'));
  if (seen.length === 0) seen.push(text('seen.none', blocks));
  const ground = found ? 'invisible' : colourBar ? 'colourBar' : 'none';
  return { seen, means: [text(`means.${ground}`)], otherwise: [text(`otherwise.${ground}`)] };
}

function facts(matches: readonly Match[], colourBar: boolean, blocks: number): Fact[] {
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
    { name: text('fact.colourBar'), value: text(colourBar ? 'fact.there' : 'fact.absent') },
  ];
}
