// @ts-check
/** What `npm run check` prints and writes: a line a file, JSON Lines, CSV, a progress bar. */
import { createWriteStream } from 'node:fs';

const WORDS = {
  'ai-generated': 'AI-generated',
  'likely-ai-generated': 'likely AI',
  inconclusive: 'inconclusive',
  'likely-authentic': 'likely authentic',
  authentic: 'authentic',
};

/**
 * Control characters of a file's metadata must not reach the terminal.
 * @param {unknown} value
 */
function plain(value) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove.
  return String(value ?? '').replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/**
 * @param {import('../../src/batch/line').ResultLine} line one result as the batch page gave it
 * @param {string[]} reasons strongest first
 */
export function textLine(line, reasons) {
  if ('error' in line)
    return `error  ${plain(line.error.code)}  ${plain(line.error.message)}  ${plain(line.file)}`;
  const word = WORDS[line.verdict];
  const percent = `${Math.round(line.probability * 100)} %`;
  return [
    word.padEnd(16),
    percent.padStart(5),
    plain(line.generator?.name ?? '-').padEnd(18),
    `${Math.round(line.ms.total)} ms`.padStart(8),
    plain(line.file),
    `(${reasons.slice(0, 2).map(plain).join('; ') || 'no reason stands out'})`,
  ].join('  ');
}

/**
 * A file that takes lines; flushed by `end`.
 * @param {string | undefined} path nothing is written where it is undefined
 */
export function lineWriter(path) {
  const stream = path ? createWriteStream(path) : null;
  /** @type {Error | null} */
  let failure = null;
  stream?.on('error', (error) => {
    failure = error;
  });
  return {
    /** @param {string} line */
    write(line) {
      stream?.write(`${line}\n`);
    },
    /** @returns {Promise<void>} rejects where the disk refused */
    end: () =>
      new Promise((done, fail) => {
        if (!stream) return done();
        if (failure) return fail(failure);
        stream.on('error', fail);
        stream.end(() => done());
      }),
  };
}

/**
 * A bar on the terminal's last line; nothing where standard error is no terminal.
 * @param {number} total
 */
export function progressBar(total) {
  const stream = process.stderr;
  let done = 0;
  const began = Date.now();
  const draw = () => {
    const width = Math.max(10, Math.min(40, (stream.columns ?? 80) - 40));
    const filled = Math.round((width * done) / Math.max(1, total));
    const rate = done / Math.max(0.001, (Date.now() - began) / 1000);
    const left = rate > 0 ? Math.round((total - done) / rate) : 0;
    stream.write(
      `\r\u001b[K${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}  ${rate.toFixed(1)}/s  ${left} s left`,
    );
  };
  return {
    /** @param {string} line printed above the bar */
    print(line) {
      done += 1;
      if (stream.isTTY) stream.write('\r\u001b[K');
      process.stdout.write(`${line}\n`);
      if (stream.isTTY) draw();
    },
    end() {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}
