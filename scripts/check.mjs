// @ts-check
/**
 * `npm run check -- FILE|FOLDER|URL... [--json OUT.jsonl] [--csv OUT.csv] [--concurrency N] [--features]
 *   [--shape fauxlens|fakesec|veriplus|truthlens|detectiks]`
 *
 * Checks images in the real built extension, in headless Chromium: the same worker, decoder and model as a
 * right click. Nothing is uploaded. Ends with 0 unless it could not run at all.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SHAPES } from './check/shapes.mjs';
import { ensureBuild, ensureDependencies, say, start } from './project.mjs';

const USAGE = `Usage: npm run check -- FILE|FOLDER|URL... [options]

  --json OUT.jsonl    one JSON object a line
  --csv OUT.csv       a table
  --concurrency N     images at the same time (default: half the cores, at least 1)
  --features          with --json: the layers' raw figures too, for fitting
  --shape NAME        with --json: each line holds the answer that this API would give:
                      ${SHAPES.join(', ')}
  --webgpu            let a machine without a graphics card compute WebGPU in software (slow; for tests)`;

/** @param {string[]} argv */
function options(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      csv: { type: 'string' },
      concurrency: { type: 'string' },
      features: { type: 'boolean', default: false },
      shape: { type: 'string' },
      webgpu: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length === 0) return null;
  const concurrency = Number(values.concurrency ?? Math.max(1, Math.floor(availableParallelism() / 2)));
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 16) {
    throw new Error(
      `Expected a whole number from 1 to 16 for --concurrency but received ${values.concurrency}.`,
    );
  }
  if (values.shape !== undefined && !SHAPES.includes(values.shape)) {
    throw new Error(`Expected one of ${SHAPES.join(', ')} for --shape but received ${values.shape}.`);
  }
  if (values.shape !== undefined && values.json === undefined) {
    throw new Error('--shape says how --json is written: name a file with --json too.');
  }
  return { ...values, concurrency, wanted: positionals };
}

start(async () => {
  const wish = options(process.argv.slice(2));
  if (!wish) {
    say(USAGE);
    return process.argv.includes('--help') ? 0 : 2;
  }
  await ensureDependencies();
  await ensureBuild();
  // Imported only now: a fresh clone has no packages when this script starts.
  const { launchExtension } = await import('./launch.mjs');
  const { collectInputs } = await import('./check/inputs.mjs');
  const { feed } = await import('./check/feeder.mjs');
  const output = await import('./check/output.mjs');
  const { CSV_HEADER, csvRow } = await import('../src/batch/csv.mjs');

  const downloads = mkdtempSync(join(tmpdir(), 'truegrain-check-'));
  const json = output.lineWriter(wish.json);
  const csv = output.lineWriter(wish.csv);
  csv.write(CSV_HEADER);
  try {
    const { inputs, rejected, skipped } = await collectInputs(wish.wanted, downloads);
    if (skipped > 0) say(`${skipped} file(s) in the folders are no images: skipped.`);
    const bar = output.progressBar(inputs.length + rejected.length);
    const counts = new Map();
    /** @type {(line: import('../src/batch/line').ResultLine, reasons: string[], more?: object) => void} */
    const record = (line, reasons, more = {}) => {
      const kind = 'error' in line ? 'errors' : line.verdict;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      json.write(JSON.stringify('reply' in more ? { file: line.file, ...more } : { ...line, ...more }));
      csv.write(csvRow(line, reasons));
      bar.print(output.textLine(line, reasons));
    };
    for (const { name, code, message } of rejected) record({ file: name, error: { code, message } }, []);
    if (inputs.length > 0) {
      const extension = await launchExtension({
        headless: true,
        args: wish.webgpu ? ['--enable-unsafe-webgpu'] : [],
      });
      try {
        const address = extension.url(
          `batch.html?concurrency=${wish.concurrency}${wish.features ? '&features=1' : ''}${wish.shape ? `&shape=${wish.shape}` : ''}${wish.webgpu ? '&webgpu=software' : ''}`,
        );
        await feed(extension.context, address, inputs, wish.concurrency, (outcome) => {
          if ('crashed' in outcome) {
            const error = { code: 'engine-crashed', message: 'The browser gave up on this file, twice.' };
            record({ file: outcome.input.name, error }, []);
            return;
          }
          const { line, reasons, features, claims, reply } = outcome.result;
          const figures = wish.features ? { features, claims } : {};
          record({ ...line, file: outcome.input.name }, reasons, reply ? { reply, ...figures } : figures);
        });
      } finally {
        await extension.close();
      }
    }
    bar.end();
    say(
      `${inputs.length + rejected.length} checked: ${[...counts].map(([kind, n]) => `${n} ${kind}`).join(', ')}`,
    );
  } finally {
    rmSync(downloads, { recursive: true, force: true });
    await Promise.all([json.end(), csv.end()]);
  }
  return 0;
});
