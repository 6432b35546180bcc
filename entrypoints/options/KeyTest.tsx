import { useEffect, useRef } from 'preact/hooks';
import { type Failure, toFailure } from '../../src/failures';
import { type ProviderDefinition, type StoredProvider, testKey } from '../../src/remote';
import { formatDuration } from '../../src/ui/format';
import { say, t } from '../../src/ui/text';
import { Outcome, useOutcome } from './Outcome';
import { drawPattern } from './pattern';

/** Failures with a sentence of their own here; anything else is said as unexpected. */
const EXPLAINED = new Set<Failure['code']>([
  'provider-unauthorised',
  'provider-rate-limited',
  'provider-out-of-credit',
  'provider-rejected-image',
  'provider-error',
  'provider-bad-reply',
  'provider-timeout',
  'provider-unreachable',
  'offline',
  'cancelled',
]);

/** Tries the key on a click, and says beforehand what that sends and costs. */
export function KeyTest({ definition, config }: { definition: ProviderDefinition; config: StoredProvider }) {
  const outcome = useOutcome();
  const running = useRef<AbortController | null>(null);
  // Another key or server: what was said about the last one no longer holds.
  useEffect(() => {
    outcome.clear();
    return () => running.current?.abort();
  }, [config.apiKey, config.baseUrl]);

  const test = async () => {
    const controller = new AbortController();
    running.current = controller;
    outcome.start(t('options.providers.testing', [definition.name]));
    try {
      const { ms } = await testKey(definition.id, await drawPattern(), controller.signal);
      outcome.good(t('options.providers.testWorks', [definition.name, formatDuration(ms)]));
    } catch (error) {
      outcome.bad(explain(toFailure(error), definition.name));
    }
  };

  return (
    <div class="stack">
      {definition.testKey === null && (
        <p class="small soft measure">{t('options.providers.testHint', [definition.name])}</p>
      )}
      <div>
        <button type="button" onClick={() => (outcome.busy ? running.current?.abort() : void test())}>
          {outcome.busy ? t('options.providers.testStop') : t('options.providers.test')}
        </button>
      </div>
      <Outcome said={outcome.said} />
    </div>
  );
}

function explain(failure: Failure, name: string): string {
  if (failure.code === 'permission-denied') return t('options.providers.refused');
  const [, words = ''] = failure.args ?? [];
  if (!EXPLAINED.has(failure.code)) return t('options.providers.failure.other', [name, failure.detail ?? '']);
  const said = words === '' ? '' : t('options.providers.serverSaid', [String(words)]);
  return say(`options.providers.failure.${failure.code}`, name, said).trim();
}
