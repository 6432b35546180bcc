import type { ProviderOption } from '../../src/remote';
import { say, t } from '../../src/ui/text';

/** A provider's own further choices. An empty value is left out of the request. */
export function OptionFields({
  prefix,
  options,
  values,
  invalid,
  onChange,
}: {
  /** Keeps the ids of several cards apart. */
  prefix: string;
  options: readonly ProviderOption[];
  values: Readonly<Record<string, string>>;
  /** A value was refused: which one is seen by its pattern. */
  invalid: boolean;
  onChange: (id: string, value: string) => void;
}) {
  return (
    <>
      {options.map((option) => {
        const field = `${prefix}-option-${option.id}`;
        const value = values[option.id] ?? '';
        const wrong = invalid && isWrong(option, value);
        const described = { id: field, 'aria-describedby': `${field}-hint ${field}-problem` };
        return (
          <div class="field" key={option.id}>
            <label for={field}>{say(option.labelKey)}</label>
            {option.kind === 'text' ? (
              <input
                {...described}
                type="text"
                value={value}
                autocomplete="off"
                spellcheck={false}
                aria-invalid={wrong}
                onInput={(event) => onChange(option.id, event.currentTarget.value)}
              />
            ) : (
              <select
                {...described}
                value={value === '' ? option.values[0]?.value : value}
                onChange={(event) => onChange(option.id, event.currentTarget.value)}
              >
                {option.values.map((one) => (
                  <option key={one.value} value={one.value}>
                    {say(one.labelKey)}
                  </option>
                ))}
              </select>
            )}
            <p id={`${field}-hint`} class="small soft">
              {say(option.hintKey)}
            </p>
            <p id={`${field}-problem`} class="problem small" role="alert">
              {wrong && t('options.providers.problem.option')}
            </p>
          </div>
        );
      })}
    </>
  );
}

function isWrong(option: ProviderOption, value: string): boolean {
  return option.kind === 'text' && value.trim() !== '' && !option.pattern.test(value.trim());
}

/** A value as it is shown: the words of a choice, the text as typed. */
export function optionWords(option: ProviderOption, value: string): string {
  if (option.kind === 'text') return value;
  const chosen = option.values.find((one) => one.value === value) ?? option.values[0];
  return chosen ? say(chosen.labelKey) : value;
}
