import { useEffect, useState } from 'preact/hooks';
import type { EngineStatus } from '../../src/rpc/contracts';
import { workerClient } from '../../src/rpc/page-client';
import { formatDuration } from '../../src/ui/format';
import { t, words } from '../../src/ui/text';
import { type CardFacts, readCard } from './card';
import { Outcome, useOutcome } from './Outcome';

/** The trained detector: what it is, how good it says it is, and whether the engine of the checks works. */
export function Engine() {
  const [card, setCard] = useState<CardFacts | 'missing' | null>(null);
  const [status, setStatus] = useState<EngineStatus | null>(null);
  const outcome = useOutcome();
  useEffect(() => {
    readCard().then(setCard, () => setCard('missing'));
  }, []);

  const test = async () => {
    outcome.start(t('options.engine.testing'));
    const began = performance.now();
    try {
      const found = await workerClient().engineStatus();
      setStatus(found);
      if (found.failure === null) {
        outcome.good(t('options.engine.works', [formatDuration(performance.now() - began)]));
      } else outcome.bad(t('options.engine.fails'));
    } catch {
      outcome.bad(t('options.engine.fails'));
    }
  };

  return (
    <>
      {card === 'missing' && <p class="note">{t('options.engine.cardMissing')}</p>}
      {card !== null && card !== 'missing' && <Card card={card} />}
      <dl class="facts">
        <div>
          <dt>{t('options.engine.backend')}</dt>
          <dd>{backendWord(status)}</dd>
        </div>
        {status?.backendNote && (
          <div>
            <dt>{t('options.engine.note')}</dt>
            <dd>{words(status.backendNote)}</dd>
          </div>
        )}
      </dl>
      <div>
        <button type="button" aria-disabled={outcome.busy} onClick={() => !outcome.busy && void test()}>
          {t('options.engine.test')}
        </button>
      </div>
      <Outcome said={outcome.said} />
    </>
  );
}

function backendWord(status: EngineStatus | null): string {
  if (status === null || status.backend === null) return t('options.engine.notRun');
  return status.backend === 'webgpu' ? t('options.engine.webgpu') : t('options.engine.wasm');
}

/** `2026-11-21` in the reader's way. */
function day(isoDate: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(isoDate));
}

/** The card's own sentences are the model's, in English, and shown as they are. */
function Card({ card }: { card: CardFacts }) {
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{t('options.engine.model')}</dt>
          <dd>{t('options.engine.dated', [card.title, day(card.date)])}</dd>
        </div>
        <div>
          <dt>{t('options.engine.training')}</dt>
          <dd lang="en">{card.training}</dd>
        </div>
      </dl>
      <h3>{t('options.engine.accuracy')}</h3>
      <ul class="bullets measure" lang="en">
        {card.limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
      <p class="small soft measure">{t('options.engine.auc')}</p>
    </>
  );
}
