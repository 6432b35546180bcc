import { consentFacts, originPattern } from '../../src/remote';
import { ConsentDialog } from '../../src/ui/ConsentDialog';
import { t } from '../../src/ui/text';
import { useBlobUrl } from '../../src/ui/useBlobUrl';
import { askForHosts } from './access';
import type { Popup } from './model';

/**
 * The question before an upload. It stands before the whole page; agreeing also asks the browser for
 * access to the provider's server, and to no other.
 */
export function ConsentQuestion({ popup }: { popup: Popup }) {
  const job = popup.asking.value;
  const src = useBlobUrl(job?.acquired?.thumbnail);
  const waiting = job?.waiting;
  if (!job || waiting?.kind !== 'consent') return null;
  const provider = popup.providers.value.find(({ id }) => id === waiting.provider);
  if (!provider) return null;
  const { id, config, consent } = provider;
  const facts = consentFacts(id, config);
  const opinion = Boolean(job.opinionOf);
  return (
    <ConsentDialog
      key={`${job.id} ${id}`}
      src={src}
      name={facts.name}
      sentence={facts.sentence}
      rows={facts.rows}
      why={opinion || consent === 'each-time' ? null : t('consent.fallback', [facts.name])}
      yesFor={consent === 'each-time' ? 'once' : 'always'}
      onAgree={(yesFor) => {
        // Before anything is awaited: the browser asks only straight from a click.
        const permitted = askForHosts([originPattern(config.baseUrl)]);
        // Written down before the browser's prompt is answered: the prompt may close the popup.
        const agreed =
          consent === (yesFor === 'always' ? 'always' : 'each-time')
            ? Promise.resolve()
            : popup.setConsent(id, true, yesFor === 'always' ? 'always' : 'each-time');
        popup.closeQuestion();
        void Promise.all([permitted, agreed]).then(([granted]) => {
          if (!granted) return undefined;
          return yesFor === 'always' ? popup.run(job.id) : popup.allowOnce(job.id, id);
        });
      }}
      onRefuse={() => {
        popup.closeQuestion();
        // A check of one's own stays, for the free checks of tomorrow or another provider.
        if (opinion) void popup.cancel(job.id);
      }}
    />
  );
}
