import PQueue from 'p-queue';
import { CheckError } from '../failures';
import type { ProviderConfig, ProviderDefinition, ProviderId } from './types';

/** One queue a provider: as many conversations at once as its plan allows, the rest in order. */
const queues = new Map<ProviderId, PQueue>();

/**
 * Runs a conversation when its turn comes.
 * @throws CheckError `cancelled` where the signal is aborted before
 */
export async function inTurn<Result>(
  definition: ProviderDefinition,
  config: ProviderConfig,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const { concurrency } = definition.pace(config);
  const queue = queues.get(definition.id) ?? new PQueue({ concurrency });
  queues.set(definition.id, queue);
  // Another key may have another plan.
  if (queue.concurrency !== concurrency) queue.concurrency = concurrency;
  let begun = false;
  try {
    return await queue.add(
      () => {
        begun = true;
        return work();
      },
      { signal },
    );
  } catch (thrown) {
    if (begun || !signal.aborted) throw thrown;
    throw new CheckError({ code: 'cancelled', fate: 'not-sent' }, { cause: thrown });
  }
}
