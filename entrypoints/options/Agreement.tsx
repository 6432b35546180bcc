import { type ConsentMode, consentFacts, type StoredProvider, setConsent } from '../../src/remote';
import { formatMoment } from '../../src/ui/format';
import { t, words } from '../../src/ui/text';
import { announceSettings, type ProviderView } from './state';

/** What sending means, and the person's yes or no to it: for always, or asked about each time. */
export function Agreement({ view, config }: { view: ProviderView; config: StoredProvider }) {
  const { definition, consent } = view;
  const facts = consentFacts(definition.id, config);
  const decide = async (agreed: boolean, mode: ConsentMode = 'always') => {
    await setConsent(definition.id, agreed, mode);
    announceSettings();
  };
  const asks = consent?.mode === 'each-time';
  return (
    <section class="stack inset" aria-labelledby={`${definition.id}-consent`}>
      <h4 id={`${definition.id}-consent`}>{t('consent.title', [definition.name])}</h4>
      <p class="measure">{words(facts.sentence)}</p>
      <dl class="facts">
        {facts.rows.map((row) => (
          <div key={words(row.name)}>
            <dt>{words(row.name)}</dt>
            <dd>{words(row.value)}</dd>
          </div>
        ))}
      </dl>
      {consent !== null && (
        <label class="check">
          <input
            type="checkbox"
            checked={asks}
            onChange={({ currentTarget: { checked } }) => void decide(true, checked ? 'each-time' : 'always')}
          />
          <span>{t('consent.eachTime')}</span>
        </label>
      )}
      <div class="row">
        <span class="small" role="status">
          {consent === null
            ? t('consent.none')
            : t('consent.agreed', [formatMoment(consent.agreedAt, Date.now())])}
        </span>
        {/* One button throughout, so that the focus stays where it is when the words change. */}
        <button
          type="button"
          class={consent === null ? 'primary' : ''}
          onClick={() => void decide(consent === null)}
        >
          {consent === null ? t('consent.agree') : t('consent.withdraw')}
        </button>
      </div>
    </section>
  );
}
