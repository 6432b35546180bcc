import { CheckError } from '../../../failures';
import { pauseFor } from '../../pause';
import { failure, type Party } from '../../reply';

/** The documentation's own example asks every three seconds. */
const EVERY_MS = 3000;

/** An image that has not come to its turn by then is given up. */
const PATIENCE_MS = 180_000;

/**
 * Asks again until there is an answer.
 * @param ask answers null while there is none
 * @throws CheckError `provider-timeout`, `cancelled`, or what `ask` throws
 */
export async function pollUntil<Answer>(
  ask: () => Promise<Answer | null>,
  party: Party,
  signal: AbortSignal,
  { everyMs = EVERY_MS, patienceMs = PATIENCE_MS } = {},
): Promise<Answer> {
  const ends = performance.now() + patienceMs;
  while (performance.now() < ends) {
    await pauseFor(everyMs, signal).catch((cause: unknown) => {
      throw new CheckError({ code: 'cancelled' }, { cause });
    });
    const answer = await ask();
    if (answer !== null) return answer;
  }
  throw failure('provider-timeout', party, `the job was not done within ${patienceMs} ms`);
}
