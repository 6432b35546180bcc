import { useEffect, useRef, useState } from 'preact/hooks';
import { Glyph } from './icons';
import { t } from './text';

interface OpinionChooserProps {
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly choices: readonly {
    readonly id: string;
    readonly name: string;
    /** Whether a question about sending comes first. */
    readonly asks: boolean;
  }[];
  readonly onAsk: (ids: readonly string[]) => void;
}

/** One button; with several providers it opens the choice among them, one alone is asked at once. */
export function OpinionChooser({ open, onOpen, choices, onAsk }: OpinionChooserProps) {
  const [chosen, choose] = useState<readonly string[]>([]);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (open) first.current?.focus();
  }, [open]);
  const [only] = choices;
  if (choices.length === 1 && only) {
    return (
      <div class="row">
        <button type="button" onClick={() => onAsk([only.id])}>
          <Glyph name="upload" />
          {t('opinion.askOne', [only.name])}
        </button>
      </div>
    );
  }
  const ids = choices.map(({ id }) => id).filter((id) => chosen.includes(id));
  return (
    <div class="stack">
      <div class="row">
        <button type="button" aria-expanded={open} onClick={() => onOpen(!open)}>
          <Glyph name="upload" />
          {t('opinion.ask')}
        </button>
      </div>
      {open && (
        <form
          class="stack opinion-choice"
          onSubmit={(event) => {
            event.preventDefault();
            if (ids.length === 0) return first.current?.focus();
            choose([]);
            onAsk(ids);
          }}
        >
          <fieldset>
            <legend class="small">{t('opinion.choose')}</legend>
            {choices.map(({ id, name, asks }, index) => (
              <label key={id}>
                <input
                  ref={index === 0 ? first : undefined}
                  type="checkbox"
                  checked={chosen.includes(id)}
                  onChange={({ currentTarget: { checked } }) =>
                    choose(checked ? [...chosen, id] : chosen.filter((other) => other !== id))
                  }
                />
                <span>{name}</span>
                {asks && <span class="small soft">{t('opinion.asks')}</span>}
              </label>
            ))}
          </fieldset>
          <div class="row">
            <button type="submit" class="primary" aria-disabled={ids.length === 0}>
              {ids.length === 0 ? t('opinion.none') : t('opinion.send', ids.length, [String(ids.length)])}
            </button>
            <button type="button" onClick={() => onOpen(false)}>
              {t('common.cancel')}
            </button>
          </div>
        </form>
      )}
    </div>
  );
}
