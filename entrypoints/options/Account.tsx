import { useEffect, useRef } from 'preact/hooks';
import { toFailure } from '../../src/failures';
import { refreshUsage } from '../../src/remote';
import { say, t } from '../../src/ui/text';
import { Usage } from '../../src/ui/Usage';
import { Outcome, useOutcome } from './Outcome';
import { loadProviders, type ProviderView } from './state';

/** What is left of an account, and a way to ask where the API has a free one. */
export function Account({ view }: { view: ProviderView }) {
  const { definition, usage } = view;
  const outcome = useOutcome();
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const refresh = async () => {
    const controller = new AbortController();
    running.current = controller;
    outcome.start(t('options.usage.refreshing', [definition.name]));
    try {
      await refreshUsage(definition.id, controller.signal);
      await loadProviders();
      outcome.good(t('options.usage.refreshed', [definition.name]));
    } catch (error) {
      const { code, args = [] } = toFailure(error);
      outcome.bad(say(`failures.${code}.what`, ...args));
    }
  };
  return (
    <div class="stack">
      <h4>{t('options.usage.title')}</h4>
      <Usage usage={usage} now={Date.now()} />
      {definition.usage !== null && (
        <div>
          <button type="button" aria-disabled={outcome.busy} onClick={() => !outcome.busy && void refresh()}>
            {t('options.usage.refresh')}
          </button>
        </div>
      )}
      <Outcome said={outcome.said} />
    </div>
  );
}
