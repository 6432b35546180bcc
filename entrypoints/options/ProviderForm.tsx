import { useEffect, useRef, useState } from 'preact/hooks';
import {
  ConfigError,
  type ConfigProblem,
  checkProvider,
  definitionFor,
  isShapeId,
  maskKey,
  originPattern,
  type ProviderDefinition,
  type Sends,
  SHAPES,
  type ShapeId,
  type StoredProvider,
  saveProvider,
} from '../../src/remote';
import { t } from '../../src/ui/text';
import { OptionFields } from './OptionFields';
import { announceSettings } from './state';

/** Key, server, choices and kind of sending. Saving asks the browser for the server's origin, and for nothing else. */
export function ProviderForm({
  definition: chosen,
  config,
  onDone,
  onCancel,
}: {
  definition: ProviderDefinition;
  config: StoredProvider | null;
  /** `refused`: saved, but the browser did not allow connecting. */
  onDone: (refused: boolean) => void;
  onCancel: () => void;
}) {
  const [apiKey, setKey] = useState('');
  const [baseUrl, setBaseUrl] = useState(config?.baseUrl ?? chosen.defaultBaseUrl);
  const own = chosen.id === 'self-hosted';
  const [shape, setShape] = useState<ShapeId | undefined>(own ? (config?.shape ?? 'fauxlens') : undefined);
  const definition = definitionFor(chosen.id, { shape });
  const [options, setOptions] = useState(config?.options ?? {});
  const [sends, setSends] = useState<Sends>(config?.sends ?? 'bytes');
  const [shown, show] = useState(false);
  const [problem, setProblem] = useState<ConfigProblem | null>(null);
  const keyField = useRef<HTMLInputElement>(null);
  const serverField = useRef<HTMLInputElement>(null);
  const id = (part: string) => `${definition.id}-${part}`;

  useEffect(() => keyField.current?.focus(), []);
  useEffect(() => {
    if (problem === 'base-url') serverField.current?.focus();
    else if (problem !== null && problem !== 'option') keyField.current?.focus();
  }, [problem]);

  const save = async () => {
    setProblem(null);
    if (config?.locked) return setProblem('locked');
    const key = apiKey.trim() === '' ? (config?.apiKey ?? '') : apiKey;
    try {
      const input = { baseUrl, apiKey: key, sends: definition.acceptsUrl ? sends : 'bytes', options, shape };
      const checked = checkProvider(input, definition.id);
      // Before anything is awaited: the browser shows its prompt only straight from a click.
      const permission = chrome.permissions
        .request({ origins: [originPattern(checked.baseUrl)] })
        .catch(() => false);
      await saveProvider(definition.id, input);
      const granted = await permission;
      announceSettings();
      onDone(!granted);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      setProblem(error.problem);
    }
  };

  const keyProps = {
    ref: keyField,
    id: id('key'),
    value: apiKey,
    autocomplete: 'off',
    spellcheck: false,
    'aria-describedby': `${id('key-hint')} ${id('key-problem')}`,
    'aria-invalid': keyProblem(problem) !== null,
    onInput: (event: { currentTarget: HTMLInputElement }) => setKey(event.currentTarget.value),
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {own && (
        <div class="field">
          <label for={id('shape')}>{t('options.selfHosted.shape')}</label>
          <select
            id={id('shape')}
            value={shape}
            aria-describedby={id('shape-hint')}
            onChange={({ currentTarget: { value } }) => isShapeId(value) && setShape(value)}
          >
            {SHAPES.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
          <p id={id('shape-hint')} class="small soft">
            {t('options.selfHosted.shapeHint')}
          </p>
        </div>
      )}
      <div class="field">
        <label for={id('key')}>{t('options.providers.key')}</label>
        {shown ? <input type="text" {...keyProps} /> : <input type="password" {...keyProps} />}
        <p id={id('key-hint')} class="small soft">
          {config === null
            ? t('options.providers.keyHint', [definition.name])
            : t('options.providers.keyKept', [maskKey(config.apiKey)])}
        </p>
        <Problem id={id('key-problem')} words={keyProblem(problem)} />
        <label class="check small">
          <input type="checkbox" checked={shown} onChange={(event) => show(event.currentTarget.checked)} />
          <span>{t('options.providers.show')}</span>
        </label>
      </div>
      <div class="field">
        <label for={id('server')}>{t('options.providers.server')}</label>
        <input
          ref={serverField}
          id={id('server')}
          type="url"
          value={baseUrl}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id('server-hint')} ${id('server-problem')}`}
          aria-invalid={problem === 'base-url'}
          onInput={(event) => setBaseUrl(event.currentTarget.value)}
        />
        <p id={id('server-hint')} class="small soft">
          {own ? t('options.selfHosted.serverHint') : t('options.providers.serverHint')}
        </p>
        <Problem
          id={id('server-problem')}
          words={problem === 'base-url' ? t('options.providers.problem.base_url') : null}
        />
      </div>
      <OptionFields
        prefix={definition.id}
        options={definition.options}
        values={options}
        invalid={problem === 'option'}
        onChange={(option, value) => setOptions({ ...options, [option]: value })}
      />
      {definition.acceptsUrl && <SendsChoice name={id('sends')} chosen={sends} onChoose={setSends} />}
      <div class="row">
        <button type="submit" class="primary">
          {t('options.providers.save')}
        </button>
        <button type="button" onClick={onCancel}>
          {t('options.providers.cancel')}
        </button>
      </div>
    </form>
  );
}

function keyProblem(problem: ConfigProblem | null): string | null {
  if (problem === 'locked') return t('options.providers.problem.locked');
  if (problem === 'key-missing') return t('options.providers.problem.key_missing');
  return problem === 'key-malformed' ? t('options.providers.problem.key_malformed') : null;
}

/** Present also when empty, so that it is announced when its words come. */
function Problem({ id, words }: { id: string; words: string | null }) {
  return (
    <p id={id} class="problem small" role="alert">
      {words}
    </p>
  );
}

function SendsChoice({
  name,
  chosen,
  onChoose,
}: {
  name: string;
  chosen: Sends;
  onChoose: (sends: Sends) => void;
}) {
  return (
    <fieldset class="field">
      <legend>{t('options.providers.sends')}</legend>
      <label class="check">
        <input type="radio" name={name} checked={chosen === 'bytes'} onChange={() => onChoose('bytes')} />
        <span>{t('options.providers.sendsBytes')}</span>
      </label>
      <label class="check">
        <input
          type="radio"
          name={name}
          checked={chosen === 'address'}
          aria-describedby={`${name}-hint`}
          onChange={() => onChoose('address')}
        />
        <span>{t('options.providers.sendsAddress')}</span>
      </label>
      <p id={`${name}-hint`} class="small soft indent">
        {t('options.providers.sendsAddressHint')}
      </p>
    </fieldset>
  );
}
