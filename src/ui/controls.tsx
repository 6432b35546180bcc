import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Glyph } from './icons';
import { t } from './text';

/** A search field with its label for assistive technology and a loupe. */
export function SearchBox({
  value,
  onInput,
  label,
  placeholder,
}: {
  value: string;
  onInput: (value: string) => void;
  label: string;
  placeholder: string;
}) {
  return (
    <label class="search">
      <span class="visually-hidden">{label}</span>
      <Glyph name="search" size={14} />
      <input
        type="search"
        value={value}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

export interface Chip<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** How many items the chip would show; left out where unknown. */
  readonly count?: number;
}

/** One choice out of a few, as a row of chips (radio buttons underneath, arrow keys move). */
export function FilterChips<Value extends string>({
  name,
  label,
  chips,
  chosen,
  onChoose,
}: {
  name: string;
  label: string;
  chips: readonly Chip<Value>[];
  chosen: Value;
  onChoose: (value: Value) => void;
}) {
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">{label}</legend>
      {chips.map((chip) => (
        <label key={chip.value} class="chip">
          <input
            type="radio"
            class="visually-hidden"
            name={name}
            checked={chosen === chip.value}
            onChange={() => onChoose(chip.value)}
          />
          <span>{chip.label}</span>
          {chip.count !== undefined && <span class="chip-count figures">{chip.count}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/**
 * A button for what cannot be undone: the first press asks, in place; only the second acts. Focus
 * moves to the way out, and back to the button afterwards; Escape is the way out too.
 */
export function ConfirmButton({
  children,
  question,
  yes,
  onConfirm,
  disabled = false,
}: {
  children: ComponentChildren;
  question: string;
  yes: string;
  onConfirm: () => void;
  disabled?: boolean;
}) {
  const [asking, ask] = useState(false);
  const wasAsking = useRef(false);
  const opener = useRef<HTMLButtonElement>(null);
  const wayOut = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) wayOut.current?.focus();
    else if (wasAsking.current) opener.current?.focus();
    wasAsking.current = asking;
  }, [asking]);
  if (!asking) {
    return (
      <button ref={opener} type="button" disabled={disabled} onClick={() => ask(true)}>
        {children}
      </button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would announce itself as form content.
    <span
      class="confirm"
      role="group"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key === 'Escape') ask(false);
      }}
    >
      <span class="small">{question}</span>
      <button
        type="button"
        class="primary"
        onClick={() => {
          ask(false);
          onConfirm();
        }}
      >
        {yes}
      </button>
      <button ref={wayOut} type="button" onClick={() => ask(false)}>
        {t('common.cancel')}
      </button>
    </span>
  );
}

/** Progress in known steps. `label` says in words what is going on. */
export function Progress({ value, of, label }: { value: number; of: number; label: string }) {
  const share = of > 0 ? value / of : 0;
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={of}
      aria-valuenow={value}
    >
      <span style={{ width: `${Math.round(share * 1000) / 10}%` }} />
    </div>
  );
}
