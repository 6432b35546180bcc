import { useEffect, useState } from 'preact/hooks';
import { subscribe } from '../../src/checks/read';
import { Mark } from '../../src/ui/icons';
import { t } from '../../src/ui/text';
import { type Gone, load, type Shown } from './load';
import { ReportPage } from './ReportPage';

/** Reads what the address names, and again when the history has changed. */
export function App({ address }: { address: URL }) {
  const [shown, setShown] = useState<Shown | Gone | null>(null);
  useEffect(() => {
    let current = true;
    const read = async (picture: 'anew' | 'kept') => {
      const next = await load(address);
      if (!current) return;
      // The same picture read anew would blink.
      setShown((before) => (picture === 'kept' ? withPictureOf(before, next) : next));
    };
    void read('anew');
    const id = address.searchParams.get('id');
    const end = subscribe((announcement) => {
      // A row of a batch page does not change.
      if (announcement.type === 'history-changed' && id !== null) void read('anew');
      if (announcement.type === 'evidence-changed' && announcement.reportId === id) void read('kept');
    });
    return () => {
      current = false;
      end();
    };
  }, [address]);
  return (
    <div class="report">
      <header class="topbar report-top">
        <h1 class="brand">
          <Mark size={20} />
          {t('report.pageTitle')}
        </h1>
      </header>
      <main>
        {shown === null && (
          <p class="soft" role="status">
            {t('report.loading')}
          </p>
        )}
        {typeof shown === 'string' && (
          <p class="note" role="status">
            {shown === 'batch' ? t('report.goneBatch') : t('report.gone')}
          </p>
        )}
        {shown !== null && typeof shown !== 'string' && <ReportPage shown={shown} />}
      </main>
    </div>
  );
}

function withPictureOf(before: Shown | Gone | null, next: Shown | Gone): Shown | Gone {
  if (before === null || typeof before === 'string' || typeof next === 'string') return next;
  return { ...next, picture: before.picture };
}
