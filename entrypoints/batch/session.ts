import { computed, signal } from '@preact/signals';
import { CSV_HEADER, csvRow } from '../../src/batch/csv.mjs';
import type { BatchFile } from '../../src/batch/files';
import { offerResults } from '../../src/batch/handover';
import {
  type ErrorLine,
  type ResultDetail,
  rawFigures,
  strongestReasons,
  toLine,
} from '../../src/batch/line';
import { createLineStore } from '../../src/batch/line-store';
import { createQueue, type QueueState } from '../../src/batch/queue';
import { type Row, selectRows, type TableView } from '../../src/batch/table';
import { toFailure } from '../../src/failures';
import { ForensicError } from '../../src/forensics/errors';
import { MAX_FILE_BYTES } from '../../src/forensics/limits';
import type { Analysis } from '../../src/forensics/report';
import { toShape } from '../../src/forensics/shapes';
import type { AnalysisApi } from '../../src/rpc/contracts';
import { say, t, words } from '../../src/ui/text';
import type { BatchOptions } from './options';

/** Full analyses kept for rows just opened or just done; older ones are made again when asked for. */
const KEPT_ANALYSES = 24;
/** Redraws at most this often, in ms, however many files end in between. */
const REDRAW_MS = 200;

export type Engine = Pick<AnalysisApi, 'analyze' | 'cancel' | 'warmUp'>;
export type Session = ReturnType<typeof createSession>;

/** Everything the batch page knows: the queue, one slim row a file, and the lines for the export. */
export function createSession(engine: Engine, options: BatchOptions) {
  const files: BatchFile[] = [];
  const rows: Row[] = [];
  const jsonLines = createLineStore();
  const csvLines = createLineStore();
  const analyses = new Map<number, Analysis>();

  const version = signal(0);
  const listed = signal(0);
  const queueState = signal<QueueState>({ accepted: 0, running: 0, waiting: 0, paused: false });
  const counts = signal<Readonly<Record<string, number>>>({});
  const view = signal<TableView>({ filter: 'all', search: '', sort: 'sequence', descending: false });
  const clock = signal({ began: 0, ended: 0, pausedFor: 0 });
  const stopped = signal(0);
  const modelFailed = signal(false);
  const tally = new Map<string, number>();
  /** Rows cleared from the list; sequence numbers go on counting. */
  let offset = 0;
  let redraw: ReturnType<typeof setTimeout> | null = null;
  let pausedAt = 0;

  const shown = computed(() => {
    version.value;
    return selectRows(rows, view.value);
  });
  const busy = computed(() => queueState.value.running > 0 || queueState.value.waiting > 0);

  const queue = createQueue<BatchFile>(options.concurrency, check, scheduleRedraw);

  // Loads the detector before the first file comes. A failure is said; the other layers go on.
  engine.warmUp().then(
    (status) => {
      modelFailed.value = status.failure !== null;
    },
    () => {
      modelFailed.value = true;
    },
  );

  function scheduleRedraw(): void {
    if (redraw !== null) return;
    redraw = setTimeout(drawNow, REDRAW_MS);
  }

  function drawNow(): void {
    if (redraw !== null) clearTimeout(redraw);
    redraw = null;
    queueState.value = queue.state;
    if (!busy.value && clock.value.ended === 0 && clock.value.began > 0) {
      clock.value = { ...clock.value, ended: performance.now() };
    }
    counts.value = Object.fromEntries(tally);
    listed.value = rows.length;
    version.value += 1;
  }

  async function check(item: BatchFile, sequence: number, signalStop: AbortSignal): Promise<void> {
    setRow({ state: 'running', sequence, file: item.name });
    try {
      const analysis = await analyse(item, `batch-${sequence}`, signalStop);
      keepAnalysis(sequence, analysis);
      const line = toLine(item.name, analysis, words);
      const reasons = strongestReasons(analysis.layers, words);
      setRow({
        state: 'done',
        sequence,
        file: item.name,
        verdict: analysis.verdict,
        probability: analysis.probability,
        width: analysis.uncertainty.width,
        uncertain: analysis.uncertainty.reasons,
        generator: analysis.generator?.name ?? null,
        reasons,
        ms: analysis.timings.total,
      });
      count(analysis.verdict);
      record({
        sequence,
        line,
        reasons,
        ...(options.features ? rawFigures(analysis) : {}),
        ...reply(analysis),
      });
    } catch (thrown) {
      if (signalStop.aborted) {
        setRow({ state: 'stopped', sequence, file: item.name });
        stopped.value += 1;
        return;
      }
      const line = errorLine(item.name, thrown);
      setRow({ state: 'error', sequence, file: item.name, ...line.error });
      count('error');
      record({ sequence, line, reasons: [] });
    }
  }

  /** The result as another API would answer it, where that was asked for. */
  function reply(analysis: Analysis): Pick<ResultDetail, 'reply'> {
    if (options.shape === null) return {};
    const finished = { ...analysis, id: crypto.randomUUID(), checkedAt: Date.now() };
    return { reply: toShape(options.shape, finished, words) };
  }

  async function analyse(item: BatchFile, id: string, signalStop: AbortSignal): Promise<Analysis> {
    const began = performance.now();
    const bytes = await read(item.file);
    const cancel = () => void engine.cancel(id);
    signalStop.addEventListener('abort', cancel, { once: true });
    try {
      signalStop.throwIfAborted();
      return await engine.analyze({ id, bytes, how: 'file', acquireMs: performance.now() - began });
    } finally {
      signalStop.removeEventListener('abort', cancel);
    }
  }

  function record(detail: ResultDetail): void {
    jsonLines.add(JSON.stringify(detail.line));
    csvLines.add(csvRow(detail.line, detail.reasons));
    document.dispatchEvent(new CustomEvent<ResultDetail>('truegrain:result', { detail }));
  }

  function setRow(row: Row): void {
    const index = row.sequence - offset;
    if (index >= 0) rows[index] = row;
  }

  function count(kind: string): void {
    tally.set(kind, (tally.get(kind) ?? 0) + 1);
  }

  function keepAnalysis(sequence: number, analysis: Analysis): void {
    analyses.set(sequence, analysis);
    const oldest = analyses.size > KEPT_ANALYSES ? analyses.keys().next().value : undefined;
    if (oldest !== undefined) analyses.delete(oldest);
  }

  /** The evidence of a row: as kept, else made again from the file. */
  async function evidence(sequence: number, signalStop: AbortSignal): Promise<Analysis> {
    const kept = analyses.get(sequence);
    if (kept) return kept;
    const item = files[sequence - offset];
    if (!item) throw new Error('This row has left the list.');
    const analysis = await analyse(item, `evidence-${sequence}-${performance.now()}`, signalStop);
    keepAnalysis(sequence, analysis);
    return analysis;
  }

  // A full report is a tab of its own: it asks this page for the row, as long as the page is open.
  const pageName = crypto.randomUUID();
  offerResults(pageName, async (sequence) => {
    const file = files[sequence - offset]?.file;
    if (!file) return null;
    const analysis = await evidence(sequence, new AbortController().signal);
    return { file, analysis, checkedAt: Date.now() };
  });

  return {
    options,
    /** This page's name among all batch pages. */
    pageName,
    queueState,
    counts,
    view,
    shown,
    busy,
    /** Files in the list, whatever became of them. */
    listed,
    clock,
    stopped,
    modelFailed,
    add(more: readonly BatchFile[]) {
      if (more.length === 0) return;
      if (!busy.value) clock.value = { began: performance.now(), ended: 0, pausedFor: 0 };
      for (const item of more) {
        const sequence = offset + rows.length;
        files.push(item);
        rows.push({ state: 'waiting', sequence, file: item.name });
      }
      queue.add(more);
      drawNow();
    },
    pause() {
      pausedAt = performance.now();
      queue.pause();
      drawNow();
    },
    resume() {
      clock.value = { ...clock.value, pausedFor: clock.value.pausedFor + performance.now() - pausedAt };
      queue.resume();
      drawNow();
    },
    stop() {
      const dropped = queue.stop();
      for (const sequence of dropped) {
        setRow({ state: 'stopped', sequence, file: files[sequence - offset]?.name ?? '' });
      }
      stopped.value += dropped.length;
      drawNow();
    },
    clear() {
      offset += rows.length;
      rows.length = 0;
      files.length = 0;
      analyses.clear();
      tally.clear();
      jsonLines.clear();
      csvLines.clear();
      stopped.value = 0;
      clock.value = { began: 0, ended: 0, pausedFor: 0 };
      drawNow();
    },
    evidence,
    fileOf: (sequence: number): File | null => files[sequence - offset]?.file ?? null,
    exportJson: () => jsonLines.toBlob('application/x-ndjson'),
    exportCsv: () => csvLines.toBlob('text/csv', CSV_HEADER),
  };
}

class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

async function read(file: File): Promise<ArrayBuffer> {
  // The engine refuses it too, but only after the page has read it all into memory.
  if (file.size > MAX_FILE_BYTES) {
    throw new ForensicError('file-too-large', `${file.size} bytes`, [
      Math.ceil(file.size / 2 ** 20),
      MAX_FILE_BYTES / 2 ** 20,
    ]);
  }
  try {
    return await file.arrayBuffer();
  } catch (cause) {
    throw new UnreadableFile(String(cause), { cause });
  }
}

/** The line of a file that failed. */
export function errorLine(file: string, thrown: unknown): ErrorLine {
  if (thrown instanceof UnreadableFile) {
    return { file, error: { code: 'file-unreadable', message: t('batch.unreadable') } };
  }
  const failure = toFailure(thrown);
  // The common sentence speaks of an address; here it is a file.
  const sentence =
    failure.code === 'not-an-image'
      ? t('batch.notAnImage')
      : say(`failures.${failure.code}.what`, ...(failure.args ?? []));
  // Nobody foresaw this one: the sentence alone would leave a reader of the log in the dark.
  const detail = failure.code === 'unexpected' && failure.detail ? ` (${failure.detail})` : '';
  return { file, error: { code: failure.code, message: sentence + detail } };
}
