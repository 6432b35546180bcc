import { useState } from 'preact/hooks';
import type { HistoryEntry } from '../../src/history';
import { consentFacts, originPattern } from '../../src/remote';
import { ConsentPanel } from '../../src/ui/panels';
import { t } from '../../src/ui/text';
import { askForHosts } from './access';
import type { ConfiguredProvider, Popup } from './model';
import { providerName } from './provider-name';

/** Asks a configured provider about an image that was checked here. */
export function SecondOpinion({
  popup,
  entry,
  src,
}: {
  popup: Popup;
  entry: HistoryEntry;
  src: string | null;
}) {
  const [asked, ask] = useState<ConfiguredProvider | null>(null);
  const providers = popup.providers.value;
  if (providers.length === 0) return null;
  const send = (provider: ConfiguredProvider) => popup.secondOpinion(entry.id, provider.id);
  if (asked) {
    return (
      <AskProvider
        popup={popup}
        provider={asked}
        src={src}
        why={null}
        then={() => send(asked)}
        onRefuse={() => ask(null)}
      />
    );
  }
  return (
    <section class="row second" aria-label={t('popup.second.title')}>
      <span class="small soft">{t('popup.second.title')}</span>
      {providers.map((provider) => (
        <button
          key={provider.id}
          type="button"
          title={t('popup.second.hint', [providerName(provider.id)])}
          onClick={() => (provider.ready ? void send(provider) : ask(provider))}
        >
          {t('popup.second.ask', [providerName(provider.id)])}
        </button>
      ))}
    </section>
  );
}

/** The question before the first upload. Agreeing also asks the browser for access to the provider. */
export function AskProvider({
  popup,
  provider,
  src,
  why,
  then,
  onRefuse,
}: {
  popup: Popup;
  provider: ConfiguredProvider;
  src: string | null;
  why: string | null;
  then: () => Promise<void>;
  onRefuse: () => void;
}) {
  const facts = consentFacts(provider.id, provider.config);
  return (
    <ConsentPanel
      src={src}
      name={facts.name}
      sentence={facts.sentence}
      rows={facts.rows}
      why={why}
      onAgree={() => {
        const permitted = askForHosts([originPattern(provider.config.baseUrl)]);
        // Written down before the prompt is answered: the prompt may close the popup.
        const agreed = popup.setConsent(provider.id, true);
        void Promise.all([permitted, agreed]).then(([granted]) => (granted ? then() : undefined));
      }}
      onRefuse={onRefuse}
    />
  );
}
