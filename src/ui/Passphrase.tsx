import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from './text';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** What the browser's own keeper of passwords may do with it. */
  readonly kind: 'current-password' | 'new-password';
  /** What is wrong with it, said under the field; null where nothing is. */
  readonly problem?: string | null;
  readonly focus?: boolean;
}

/** One passphrase, hidden while it is typed. */
export function PassphraseField({ label, value, onInput, kind, problem = null, focus = false }: FieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    if (focus || problem !== null) field.current?.focus();
  }, [focus, problem]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={field}
        id={id}
        type="password"
        value={value}
        autocomplete={kind}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-problem`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id={`${id}-problem`} class="problem small" role="alert">
        {problem}
      </p>
    </div>
  );
}

interface UnlockFormProps {
  /** @returns whether it was the right one */
  readonly onUnlock: (passphrase: string) => Promise<boolean>;
  readonly focus?: boolean;
}

/** Opens the keys for this browser session. */
export function UnlockForm({ onUnlock, focus = false }: UnlockFormProps) {
  const [passphrase, setPassphrase] = useState('');
  const [state, setState] = useState<'idle' | 'busy' | 'wrong'>('idle');
  const unlock = async () => {
    setState('busy');
    // Deriving a key from a passphrase is slow on purpose: about a second.
    setState((await onUnlock(passphrase)) ? 'idle' : 'wrong');
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (state !== 'busy') void unlock();
      }}
    >
      <PassphraseField
        label={t('options.vault.passphrase')}
        value={passphrase}
        onInput={setPassphrase}
        kind="current-password"
        problem={state === 'wrong' ? t('options.vault.problem.passphrase_wrong') : null}
        focus={focus}
      />
      <div>
        <button type="submit" class="primary" aria-disabled={state === 'busy'}>
          {state === 'busy' ? t('options.vault.unlocking') : t('options.vault.unlock')}
        </button>
      </div>
    </form>
  );
}
