import { isProviderId, setProviderOrder } from '../../src/remote';
import { Reorderable } from '../../src/ui/Reorderable';
import { t } from '../../src/ui/text';
import { usageSummary } from '../../src/ui/Usage';
import { announceSettings, loadProviders, type ProviderView, providers } from './state';
import { stateWord } from './words';

/** The providers that are set up, in the order in which they are asked. One alone needs no order. */
export function Order() {
  const shown = (providers.value ?? []).filter(({ config }) => config !== null);
  if (shown.length < 2) return null;
  const keep = async (ids: readonly string[]) => {
    await setProviderOrder(ids.filter(isProviderId));
    announceSettings();
    await loadProviders();
  };
  return (
    <section class="stack" aria-labelledby="order-title">
      <h3 id="order-title">{t('options.order.title')}</h3>
      <p class="small soft measure">{t('options.order.hint')}</p>
      <Reorderable
        labelledBy="order-title"
        items={shown.map((view) => ({
          id: view.definition.id,
          name: view.name,
          content: <Line view={view} />,
        }))}
        onOrder={(ids) => void keep(ids)}
      />
    </section>
  );
}

function Line({ view: { definition, name, readiness, usage } }: { view: ProviderView }) {
  return (
    <>
      <a href={`#${definition.id}`}>{name}</a>
      <span class="small soft figures">{usageSummary(usage)}</span>
      <span class="state small" data-state={readiness}>
        {stateWord(readiness)}
      </span>
    </>
  );
}
