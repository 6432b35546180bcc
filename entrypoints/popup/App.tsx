import { Glyph, Mark } from '../../src/ui/icons';
import { QuotaLine } from '../../src/ui/QuotaLine';
import { say, t } from '../../src/ui/text';
import { Accounts } from './Accounts';
import { ConsentQuestion } from './Consent';
import { Current } from './Current';
import { Empty } from './Empty';
import { History } from './History';
import type { Popup } from './model';

export function App({ popup }: { popup: Popup }) {
  const quota = popup.quota.value;
  const problem = popup.problem.value;
  const nothingYet = popup.job.value === null && popup.opened.value === null && popup.total.value === 0;
  return (
    <div class="popup">
      <header class="topbar">
        <h1 class="brand">
          <Mark size={20} />
          {t('popup.title')}
        </h1>
        <nav class="row">
          <a
            class="button icon plain"
            href="/batch.html"
            target="_blank"
            title={t('popup.batchLink')}
            aria-label={t('popup.batchLink')}
            rel="noopener"
          >
            <Glyph name="files" />
          </a>
          <button
            type="button"
            class="icon plain"
            title={t('popup.settingsLink')}
            aria-label={t('popup.settingsLink')}
            onClick={() => void chrome.runtime.openOptionsPage()}
          >
            <Glyph name="gear" />
          </button>
        </nav>
      </header>
      <main class="stack">
        {quota && <QuotaLine left={quota.left} limit={quota.limit} resetsAt={quota.resetsAt} />}
        <Accounts popup={popup} />
        {problem && (
          <p class="note" role="alert">
            {say(`failures.${problem.code}.what`, ...(problem.args ?? []))}{' '}
            {say(`failures.${problem.code}.next`, ...(problem.args ?? []))}
          </p>
        )}
        {popup.loaded.value && nothingYet && <Empty />}
        {popup.loaded.value && !nothingYet && <Current popup={popup} />}
        {popup.total.value > 0 && <History popup={popup} />}
        <ConsentQuestion popup={popup} />
      </main>
    </div>
  );
}
