import { useEffect, useRef, useState } from 'preact/hooks';
import type { Analysis } from '../../src/forensics/report';
import { Glyph } from '../../src/ui/icons';
import { batchReportAddress } from '../../src/ui/report/address';
import { tame } from '../../src/ui/sentence';
import { t } from '../../src/ui/text';
import { VerdictCard } from '../../src/ui/VerdictCard';
import type { Session } from './session';

interface DetailProps {
  readonly session: Session;
  readonly sequence: number;
  readonly onClose: () => void;
}

/** The full evidence of one row. Older rows are checked again, since maps are not kept for thousands. */
export function Detail({ session, sequence, onClose }: DetailProps) {
  const [analysis, setAnalysis] = useState<Analysis | null>(null);
  const [gone, setGone] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  const file = session.fileOf(sequence);
  const src = useObjectUrl(file);

  useEffect(() => {
    title.current?.focus();
    const abort = new AbortController();
    session.evidence(sequence, abort.signal).then(setAnalysis, () => {
      if (!abort.signal.aborted) setGone(true);
    });
    return () => abort.abort();
  }, [session, sequence]);

  return (
    <aside
      class="detail card"
      aria-labelledby="detail-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header class="row spread">
        <h2 id="detail-title" ref={title} tabIndex={-1}>
          <span class="visually-hidden">{t('batch.detail')}: </span>
          <bdi>{tame(file?.name ?? '')}</bdi>
        </h2>
        <button type="button" class="icon plain" aria-label={t('common.close')} onClick={onClose}>
          <Glyph name="close" />
        </button>
      </header>
      <div aria-live="polite">
        {gone && <p class="note">{t('batch.detailGone')}</p>}
        {!gone && !analysis && <p class="soft">{t('batch.detailLoading')}</p>}
      </div>
      {analysis && (
        <VerdictCard
          heading="h3"
          src={src}
          report={{
            ...analysis,
            checkedAt: Date.now(),
            source: { url: null, page: null, how: 'file' },
            engine: 'local',
          }}
        >
          <p>
            <a
              class="button"
              href={batchReportAddress(session.pageName, sequence)}
              target="_blank"
              rel="noopener"
            >
              <Glyph name="report" />
              {t('report.open')}
            </a>
          </p>
        </VerdictCard>
      )}
    </aside>
  );
}

function useObjectUrl(file: File | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!file) return;
    const address = URL.createObjectURL(file);
    setUrl(address);
    return () => URL.revokeObjectURL(address);
  }, [file]);
  return url;
}
