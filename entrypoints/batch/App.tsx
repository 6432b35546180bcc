import { useEffect, useRef, useState } from 'preact/hooks';
import { type BatchFile, fromFileList, fromTransfer } from '../../src/batch/files';
import { MAX_FILE_BYTES, MAX_PIXELS } from '../../src/forensics/limits';
import { ConfirmButton, Progress } from '../../src/ui/controls';
import { formatDuration, formatNumber } from '../../src/ui/format';
import { Glyph, Mark } from '../../src/ui/icons';
import { saveBlob } from '../../src/ui/save';
import { t } from '../../src/ui/text';
import { Detail } from './Detail';
import { Media } from './Media';
import type { MediaSession } from './media-session';
import type { Session } from './session';
import { Table } from './Table';

export function App({ session, media }: { session: Session; media: MediaSession }) {
  const [dragging, setDragging] = useState(false);
  const [opened, open] = useState<number | null>(null);
  useFileDrops(session, setDragging);
  // A file that is being sent is lost with the page, and may be charged all the same.
  useLeaveGuard(session.busy.value || media.doing.value.kind === 'uploading');
  const listed = session.listed.value;
  return (
    <div class={dragging ? 'batch dragging' : 'batch'}>
      <header class="topbar">
        <div class="brand">
          <Mark />
          <h1>{t('batch.title')}</h1>
        </div>
        <a href="/options.html">{t('common.options')}</a>
      </header>
      <main class="stack">
        <DropZone session={session} compact={listed > 0} dragging={dragging} />
        {session.modelFailed.value && (
          <p class="note" role="status">
            {t('batch.engine.failed')}
          </p>
        )}
        {listed > 0 && <Controls session={session} onClear={() => open(null)} />}
        {listed > 0 && (
          <div class={opened === null ? 'batch-body' : 'batch-body with-detail'}>
            <Table session={session} opened={opened} onOpen={open} />
            {opened !== null && (
              <Detail key={opened} session={session} sequence={opened} onClose={() => open(null)} />
            )}
          </div>
        )}
        <Media media={media} />
      </main>
    </div>
  );
}

function DropZone({ session, compact, dragging }: { session: Session; compact: boolean; dragging: boolean }) {
  const folder = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    session.add(fromFileList(input.files ?? []));
    // The same files may be chosen again, and the input must not hold on to thousands of them.
    input.value = '';
  };
  return (
    <section class={compact ? 'drop compact' : 'drop'} aria-labelledby="drop-title">
      <div class="drop-words">
        <h2 id="drop-title">{dragging ? t('batch.dropNow') : t('batch.drop')}</h2>
        {!compact && <p>{t('batch.paste')}</p>}
      </div>
      <div class="row">
        <button type="button" class="primary" onClick={() => picker.current?.click()}>
          <Glyph name="files" />
          {t('batch.chooseFiles')}
        </button>
        <button type="button" onClick={() => folder.current?.click()}>
          <Glyph name="folder" />
          {t('batch.chooseFolder')}
        </button>
      </div>
      <input
        ref={picker}
        id="batch-files"
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        {...{ webkitdirectory: true }}
        onChange={(event) => take(event.currentTarget)}
      />
      <p class="small soft drop-promise">
        {t('batch.promise')}
        {!compact && ` ${t('batch.limits', [String(MAX_FILE_BYTES / 2 ** 20), String(MAX_PIXELS / 1e6)])}`}
      </p>
    </section>
  );
}

function Controls({ session, onClear }: { session: Session; onClear: () => void }) {
  const { accepted, running, waiting, paused } = session.queueState.value;
  const total = session.listed.value;
  const done = total - running - waiting;
  const errors = session.counts.value.error ?? 0;
  const busy = session.busy.value;
  return (
    <section class="batch-controls card stack" aria-label={t('batch.queue')}>
      <div class="row spread">
        <p class="figures">
          <strong>{t('batch.progress', [formatNumber(done), formatNumber(total)])}</strong>
          {errors > 0 && ` · ${t('batch.errors', errors, [formatNumber(errors)])}`}
          <Pace session={session} done={done - session.stopped.value} left={running + waiting} />
        </p>
        <div class="row">
          {busy && (
            <button type="button" onClick={() => (paused ? session.resume() : session.pause())}>
              {paused ? t('batch.resume') : t('batch.pause')}
            </button>
          )}
          {busy && (
            <button type="button" onClick={() => session.stop()}>
              {t('batch.stop')}
            </button>
          )}
          <button
            type="button"
            disabled={done === 0}
            onClick={() => saveBlob(session.exportJson(), 'truegrain', 'jsonl')}
          >
            {t('batch.exportJson')}
          </button>
          <button
            type="button"
            disabled={done === 0}
            onClick={() => saveBlob(session.exportCsv(), 'truegrain', 'csv')}
          >
            {t('batch.exportCsv')}
          </button>
          {!busy && (
            <ConfirmButton
              question={t('batch.clearAsk', total, [formatNumber(total)])}
              yes={t('batch.clear')}
              onConfirm={() => {
                onClear();
                session.clear();
              }}
            >
              {t('batch.clear')}
            </ConfirmButton>
          )}
        </div>
      </div>
      <Progress value={done} of={total} label={t('batch.queue')} />
      <Announcer key={accepted === 0 ? 'empty' : 'run'} session={session} done={done} total={total} />
    </section>
  );
}

/** How fast, and how long still; or what came of it. */
function Pace({ session, done, left }: { session: Session; done: number; left: number }) {
  const { began, ended, pausedFor } = session.clock.value;
  if (session.queueState.value.paused) return <span class="soft"> · {t('batch.paused')}</span>;
  const stopped = session.stopped.value;
  if (left === 0) {
    return (
      <span class="soft">
        {' · '}
        {stopped > 0
          ? t('batch.stopped', [formatNumber(stopped)])
          : t('batch.finished', [formatDuration(ended - began - pausedFor)])}
      </span>
    );
  }
  const seconds = (performance.now() - began - pausedFor) / 1000;
  if (done < 2 || seconds < 1) return null;
  const rate = done / seconds;
  return (
    <span class="soft">
      {' · '}
      {t('batch.rate', [formatNumber(rate)])} · {t('batch.left', [formatDuration((left / rate) * 1000)])}
    </span>
  );
}

/** Tells those who do not see the bar: at each tenth, and at the end. */
function Announcer({ session, done, total }: { session: Session; done: number; total: number }) {
  const [said, say] = useState('');
  const tenth = total === 0 ? 0 : Math.floor((done / total) * 10);
  // Spoken at tenths only, not at each file.
  useEffect(() => {
    say(t('batch.progress', [formatNumber(done), formatNumber(total)]));
  }, [tenth, session.busy.value]);
  return (
    <p class="visually-hidden" role="status">
      {said}
    </p>
  );
}

function useFileDrops(session: Session, setDragging: (dragging: boolean) => void): void {
  useEffect(() => {
    const add = (files: BatchFile[]) => session.add(files);
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setDragging(false);
      if (event.dataTransfer) void fromTransfer(event.dataTransfer.items, add);
    };
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData) void fromTransfer(event.clipboardData.items, add);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    document.addEventListener('paste', paste);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
      document.removeEventListener('paste', paste);
    };
  }, [session, setDragging]);
}

/** Closing the page ends what goes on: the browser asks first. */
function useLeaveGuard(busy: boolean): void {
  useEffect(() => {
    if (!busy) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [busy]);
}
