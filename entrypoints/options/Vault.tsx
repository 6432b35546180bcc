import { useState } from 'preact/hooks';
import {
  abandonVault,
  changePassphrase,
  lockVault,
  removeVault,
  setUpVault,
  unlockVault,
  VaultError,
  type VaultProblem,
  type VaultStatus,
} from '../../src/remote';
import { ConfirmButton } from '../../src/ui/controls';
import { Glyph } from '../../src/ui/icons';
import { PassphraseField, UnlockForm } from '../../src/ui/Passphrase';
import { t } from '../../src/ui/text';
import { Outcome, useOutcome } from './Outcome';
import { announceSettings, vault } from './state';

type Form = 'set-up' | 'change' | null;

/** A passphrase around the keys: set, open for this browser session, close, change, take away, forget. */
export function Vault() {
  const [form, open] = useState<Form>(null);
  const outcome = useOutcome();
  const status = vault.value;
  if (status === null) return <p class="soft">{t('options.load')}</p>;

  const done = (words: string) => {
    open(null);
    announceSettings();
    outcome.good(words);
  };
  const unlock = async (passphrase: string) => {
    const problem = await problemOf(unlockVault(passphrase));
    if (problem !== null) return false;
    done(t('options.vault.unlocked'));
    return true;
  };

  return (
    <>
      <p class="row vault-state" data-vault={status}>
        <Glyph name="lock" />
        <span>{stateWords(status)}</span>
      </p>
      {status === 'locked' && <UnlockForm onUnlock={unlock} />}
      {form !== null && (
        <NewPassphrase
          asksOld={form === 'change'}
          onSave={(old, next) =>
            problemOf(form === 'change' ? changePassphrase(old, next) : setUpVault(next))
          }
          onDone={() => done(form === 'change' ? t('options.vault.changed') : t('options.vault.setUpDone'))}
          onCancel={() => open(null)}
        />
      )}
      {form === null && (
        <div class="row">
          {status === 'off' && (
            <button type="button" onClick={() => open('set-up')}>
              {t('options.vault.setUp')}
            </button>
          )}
          {status === 'unlocked' && (
            <>
              <button
                type="button"
                onClick={() => void lockVault().then(() => done(t('options.vault.lockedNow')))}
              >
                {t('options.vault.lock')}
              </button>
              <button type="button" onClick={() => open('change')}>
                {t('options.vault.change')}
              </button>
              <ConfirmButton
                question={t('options.vault.removeAsk')}
                yes={t('options.vault.removeYes')}
                onConfirm={() => void removeVault().then(() => done(t('options.vault.removed')))}
              >
                {t('options.vault.remove')}
              </ConfirmButton>
            </>
          )}
          {status === 'locked' && (
            <ConfirmButton
              question={t('options.vault.forgetAsk')}
              yes={t('options.vault.forgetYes')}
              onConfirm={() => void abandonVault().then(() => done(t('options.vault.forgotten')))}
            >
              {t('options.vault.forget')}
            </ConfirmButton>
          )}
        </div>
      )}
      <Outcome said={outcome.said} />
    </>
  );
}

function stateWords(status: VaultStatus): string {
  switch (status) {
    case 'off':
      return t('options.vault.state.none');
    case 'locked':
      return t('options.vault.state.locked');
    case 'unlocked':
      return t('options.vault.state.unlocked');
  }
}

/** What the vault refused, or null where it did as asked. */
async function problemOf(work: Promise<void>): Promise<VaultProblem | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof VaultError) return error.problem;
    throw error;
  }
}

/** A passphrase typed twice, since nobody can look it up again. */
function NewPassphrase({
  asksOld,
  onSave,
  onDone,
  onCancel,
}: {
  asksOld: boolean;
  onSave: (old: string, next: string) => Promise<VaultProblem | null>;
  onDone: () => void;
  onCancel: () => void;
}) {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<VaultProblem | 'differ' | null>(null);
  const [busy, work] = useState(false);
  const save = async () => {
    setProblem(null);
    if (next !== again) return setProblem('differ');
    work(true);
    const refused = await onSave(old, next);
    work(false);
    if (refused === null) onDone();
    else setProblem(refused);
  };
  return (
    <form
      class="stack inset"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      <p class="small measure">{t('options.vault.warning')}</p>
      {asksOld && (
        <PassphraseField
          label={t('options.vault.old')}
          value={old}
          onInput={setOld}
          kind="current-password"
          problem={problem === 'passphrase-wrong' ? t('options.vault.problem.passphrase_wrong') : null}
          focus
        />
      )}
      <PassphraseField
        label={t('options.vault.new')}
        value={next}
        onInput={setNext}
        kind="new-password"
        problem={problem === 'passphrase-short' ? t('options.vault.problem.passphrase_short') : null}
        focus={!asksOld}
      />
      <PassphraseField
        label={t('options.vault.again')}
        value={again}
        onInput={setAgain}
        kind="new-password"
        problem={problem === 'differ' ? t('options.vault.problem.differ') : null}
      />
      <div class="row">
        <button type="submit" class="primary" aria-disabled={busy}>
          {busy ? t('options.vault.saving') : t('options.vault.save')}
        </button>
        <button type="button" onClick={onCancel}>
          {t('options.providers.cancel')}
        </button>
      </div>
    </form>
  );
}
