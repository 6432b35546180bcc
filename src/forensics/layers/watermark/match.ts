import type { BlockBits } from './blocks';
import type { KnownMessage } from './messages';

/** How well a picture's blocks fit one message. */
export interface Match {
  readonly message: KnownMessage;
  /** Share of ones where the message has a one, less the same where it has a zero: 1 fits wholly, 0 not. */
  readonly separation: number;
  /**
   * Message bits whose blocks lie on the right side of the middle between both shares. Other texts share the
   * upper bits of their letters with a message of letters; only its own text has all of them.
   */
  readonly agreeing: number;
}

/** Fewest blocks a message bit for its majority to mean something. */
const LEAST_BLOCKS_A_BIT = 4;

/**
 * Compares the blocks with a message that repeats over them. Separation does not mind that most pictures have
 * more zeros than ones, or the reverse: that shifts both shares alike.
 * @returns null where the picture has too few blocks
 */
export function matchMessage({ bits, places }: BlockBits, message: KnownMessage): Match | null {
  const { length } = message.bits;
  if (bits.length < LEAST_BLOCKS_A_BIT * length) return null;
  const ones = new Float64Array(length);
  const counts = new Float64Array(length);
  for (let at = 0; at < bits.length; at++) {
    const place = (places[at] ?? 0) % length;
    ones[place] = (ones[place] ?? 0) + (bits[at] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const shares = Array.from(ones, (sum, place) => sum / Math.max(1, counts[place] ?? 0));
  const meanOf = (expected: number) => {
    const own = shares.filter((_, place) => message.bits[place] === expected);
    return own.reduce((sum, share) => sum + share, 0) / Math.max(1, own.length);
  };
  const [zeros, onesMean] = [meanOf(0), meanOf(1)];
  const middle = (zeros + onesMean) / 2;
  const agreeing = shares.filter((share, place) => (share > middle ? 1 : 0) === message.bits[place]).length;
  const separation = onesMean - zeros;
  return { message, separation, agreeing };
}
