import { useState } from 'preact/hooks';
import { type KeyKind, maskKey, originPattern, removeProvider, type StoredProvider } from '../../src/remote';
import { ConfirmButton } from '../../src/ui/controls';
import { Bands } from '../../src/ui/ProviderWords';
import { say, t } from '../../src/ui/text';
import { Account } from './Account';
import { Agreement } from './Agreement';
import { KeyTest } from './KeyTest';
import { optionWords } from './OptionFields';
import { Outcome, useOutcome } from './Outcome';
import { ProviderForm } from './ProviderForm';
import { announceSettings, type ProviderView } from './state';
import { megabytes } from './units';
import { stateWord } from './words';

/** One provider: what it is, its set-up, the agreement, and a test of the key. */
export function ProviderCard({ view }: { view: ProviderView }) {
  const { definition, config } = view;
  const [editing, edit] = useState(false);
  const outcome = useOutcome();
  const { name } = view;
  // Limits and scale of a server of one's own are those of the API that it speaks.
  const nameless = definition.id === 'self-hosted' && config === null;
  return (
    <article id={definition.id} class="card provider" aria-labelledby={`${definition.id}-name`} tabIndex={-1}>
      <header class="row spread">
        <h3 id={`${definition.id}-name`}>{name}</h3>
        <span class="state small" data-state={view.readiness}>
          {stateWord(view.readiness)}
        </span>
      </header>
      <p class="measure">{say(definition.introKey)}</p>
      {!nameless && <p class="small soft">{limits(view)}</p>}
      {config !== null && !editing && (
        <SetUp
          view={view}
          config={config}
          onEdit={() => {
            outcome.clear();
            edit(true);
          }}
          onRemoved={() => outcome.good(t('options.providers.removed', [name]))}
        />
      )}
      {editing && (
        <ProviderForm
          definition={definition}
          config={config}
          onDone={(refused) => {
            edit(false);
            if (refused) outcome.bad(t('options.providers.refused'));
            else outcome.good(t('options.saved'));
          }}
          onCancel={() => edit(false)}
        />
      )}
      {config === null && !editing && (
        <div>
          <button type="button" class="primary" onClick={() => edit(true)}>
            {nameless ? t('options.selfHosted.add') : t('options.providers.add', [name])}
          </button>
        </div>
      )}
      <Outcome said={outcome.said} />
      {config !== null && !editing && (
        <>
          {view.readiness === 'no-permission' && <AllowConnection config={config} />}
          <Agreement view={view} config={config} />
          {config.locked ? (
            <p class="note">{t('options.providers.problem.locked')}</p>
          ) : (
            <KeyTest definition={definition} config={config} />
          )}
          <Account view={view} />
        </>
      )}
      {!nameless && (
        <details>
          <summary>{t('options.providers.scale')}</summary>
          <div class="stack">
            <p class="measure">{say(definition.scaleKey)}</p>
            <Bands bands={definition.bands} own={null} />
          </div>
        </details>
      )}
    </article>
  );
}

function limits({ definition }: ProviderView): string {
  const formats = definition.limits.formats.map((format) => format.toUpperCase().replace('WEBP', 'WebP'));
  return t('options.providers.limits', [
    new Intl.ListFormat().format(formats),
    megabytes(definition.limits.maxBytes),
  ]);
}

function SetUp({
  view: { definition },
  config,
  onEdit,
  onRemoved,
}: {
  view: ProviderView;
  config: StoredProvider;
  onEdit: () => void;
  onRemoved: () => void;
}) {
  const remove = async () => {
    await removeProvider(definition.id);
    announceSettings();
    onRemoved();
  };
  const sends =
    config.sends === 'address' ? t('options.providers.sendsAddress') : t('options.providers.sendsBytes');
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{t('options.providers.keyStored')}</dt>
          <dd>
            {config.locked ? (
              t('options.vault.keyLocked')
            ) : (
              <>
                <span class="mono">{maskKey(config.apiKey)}</span>
                <KindOfKey kind={definition.keyKind(config.apiKey)} />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('options.providers.server')}</dt>
          <dd class="mono">{config.baseUrl}</dd>
        </div>
        <div>
          <dt>{t('options.providers.sends')}</dt>
          <dd>{sends}</dd>
        </div>
        {definition.options.map((option) => (
          <div key={option.id}>
            <dt>{say(option.labelKey)}</dt>
            <dd>
              {optionWords(option, config.options?.[option.id] ?? '') || t('options.providers.optionNone')}
            </dd>
          </div>
        ))}
      </dl>
      <div class="row">
        <button type="button" onClick={onEdit}>
          {t('options.providers.change')}
        </button>
        <ConfirmButton
          question={t('options.providers.removeAsk', [definition.name])}
          yes={t('options.providers.removeYes')}
          onConfirm={() => void remove()}
        >
          {t('options.providers.remove')}
        </ConfirmButton>
      </div>
    </>
  );
}

/** A test key's answers are made up: it must be seen at a glance which one is set. */
function KindOfKey({ kind }: { kind: KeyKind }) {
  if (kind === 'plain') return null;
  return (
    <span class="state small key-kind" data-kind={kind}>
      {kind === 'test' ? t('options.providers.keyTest') : t('options.providers.keyLive')}
    </span>
  );
}

/** The browser's own prompt needs a click, so it is asked for again here where it was refused or taken back. */
function AllowConnection({ config }: { config: StoredProvider }) {
  const outcome = useOutcome();
  const { origin } = new URL(config.baseUrl);
  const allow = async () => {
    const granted = await chrome.permissions.request({ origins: [originPattern(config.baseUrl)] });
    if (!granted) outcome.bad(t('options.providers.refused'));
  };
  return (
    <div class="stack note">
      <p>{t('options.providers.allowHint')}</p>
      <div>
        <button type="button" onClick={() => void allow()}>
          {t('options.providers.allow', [origin])}
        </button>
      </div>
      <Outcome said={outcome.said} />
    </div>
  );
}
