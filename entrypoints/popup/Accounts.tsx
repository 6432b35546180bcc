import { useState } from 'preact/hooks';
import { Glyph } from '../../src/ui/icons';
import { UnlockForm } from '../../src/ui/Passphrase';
import { t } from '../../src/ui/text';
import { UsageLine } from '../../src/ui/Usage';
import type { Popup } from './model';

/** What is left at the providers that are set up, and whether their keys are open. */
export function Accounts({ popup }: { popup: Popup }) {
  const providers = popup.providers.value;
  const [opening, open] = useState(false);
  if (providers.length === 0) return null;
  const now = Date.now();
  return (
    <section class="accounts" aria-label={t('options.usage.title')}>
      {/* A check that waits for them has the same form in its own panel. */}
      {popup.vault.value === 'locked' && popup.job.value?.waiting?.kind !== 'locked' && (
        <div class="note stack">
          <div class="row spread">
            <span class="row">
              <Glyph name="lock" size={14} />
              {t('options.vault.state.locked')}
            </span>
            {!opening && (
              <button type="button" onClick={() => open(true)}>
                {t('waiting.unlock')}
              </button>
            )}
          </div>
          {opening && <UnlockForm onUnlock={popup.unlock} focus />}
        </div>
      )}
      {providers
        .filter(({ state }) => state === 'ready' || state === 'ask-each-time')
        .map(({ id, definition, usage }) => (
          <UsageLine key={id} name={definition.name} usage={usage} now={now} />
        ))}
    </section>
  );
}
