/**
 * Mutation fuzzing of everything that reads a file before it is decoded: sniffing, header, container
 * and the whole metadata layer with the real EXIF decoder.
 *
 *   node bench/fuzz-containers.mjs [FOLDER ...] [--runs 20000] [--seed 1]
 *
 * Folders default to ../shared/corpus/{badinput,c2pa,ai,real}. Prints one JSON object: files mutated,
 * exceptions, hangs (over HANG_MS, the worker is then replaced), and the slowest.
 * Exits 1 where there was an exception or a hang.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';

const HANG_MS = 10_000;
/** Mutating 12 MB photographs spends the time on copying; their first part holds the metadata. */
const MAX_SEED_BYTES = 300_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const runs = Number(values.runs);
const folders =
  positionals.length > 0
    ? positionals
    : ['badinput', 'c2pa', 'ai', 'real'].map((name) => `../shared/corpus/${name}`);

const seeds = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('.tsv') && statSync(join(folder, name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)).subarray(0, MAX_SEED_BYTES) })),
);

/** xorshift32: the same seed gives the same files on every machine. */
let state = Number(values.seed) >>> 0 || 1;
/** @param {number} below */
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

/** @type {readonly number[]} */
const EXTREMES = [0, 1, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

function extreme() {
  return EXTREMES[random(EXTREMES.length)] ?? 0;
}

/**
 * One to eight edits, most of them in the first 4 kB, where headers are.
 * @param {Uint8Array} seed
 */
function mutate(seed) {
  let file = Buffer.from(seed);
  for (let edits = 1 + random(8); edits > 0 && file.length > 8; edits--) {
    const at = random(random(3) === 0 ? file.length : Math.min(file.length, 4096));
    const kind = random(6);
    if (kind === 0) file[at] = random(256);
    else if (kind === 1) file[at] = (file[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2 && at + 4 <= file.length) file.writeUInt32BE(extreme(), at);
    else if (kind === 3 && at + 4 <= file.length) file.writeUInt32LE(extreme(), at);
    else if (kind === 4) file = Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + random(64))]);
    else {
      const from = random(file.length);
      const part = file.subarray(from, from + 1 + random(256));
      file = Buffer.concat([file.subarray(0, at), part, file.subarray(at)]);
    }
  }
  if (random(2) === 0) repairChecksums(file);
  return random(8) === 0 ? file.subarray(0, random(file.length + 1)) : file;
}

/**
 * A PNG chunk with a wrong checksum is dropped unread: half of the mutants get theirs put right.
 * @param {Buffer} file
 */
function repairChecksums(file) {
  if (file.length < 8 || file.readUInt32BE(0) !== 0x89504e47) return;
  for (let at = 8; at + 12 <= file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) return;
    file.writeUInt32BE(crc32(file.subarray(at + 4, end)), end);
    at = end + 4;
  }
}

/**
 * CRC-32 of PNG, bit by bit: node:zlib has it from Node 20.15 on only.
 * @param {Uint8Array} bytes
 */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const scratch = mkdtempSync(join(tmpdir(), 'truegrain-fuzz-'));
const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(scratch, 'worker.mjs');

async function bundle() {
  const entry = join(scratch, 'entry.ts');
  const forensics = resolve(root, 'src/forensics');
  writeFileSync(
    entry,
    `import { parentPort } from 'node:worker_threads';
     import { readContainer, readHeader, sniffFormat } from '${forensics}/containers';
     import { metadata } from '${forensics}/layers/metadata';
     import { decodeExif } from '${forensics}/layers/metadata/exif-decoder';
     const never = () => Promise.reject(new Error('not here'));
     const services = { exif: { decode: (block: Uint8Array) => decodeExif(block) }, jpeg: { roundTrip: never }, detector: { detect: never } };
     parentPort?.on('message', async (bytes: Uint8Array) => {
       const started = performance.now();
       let error: string | null = null;
       try {
         if (sniffFormat(bytes) !== null) {
           const header = readHeader(bytes);
           const container = readContainer(bytes);
           const image = { how: 'file', format: container.format, width: header?.width ?? 1, height: header?.height ?? 1, bytes, container: () => container };
           await metadata.analyze(image as never, services, new AbortController().signal);
         }
       } catch (thrown) {
         error = String(thrown);
       }
       parentPort?.postMessage({ ms: performance.now() - started, error });
     });`,
  );
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      ssr: entry,
      outDir: scratch,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
    ssr: { noExternal: true },
  });
}

/**
 * Answers what the worker found, or null where it did not answer in time.
 * @param {Worker} worker
 * @param {Uint8Array} file
 * @returns {Promise<{ms: number, error: string | null} | null>}
 */
function ask(worker, file) {
  return new Promise((resolveAnswer) => {
    const timer = setTimeout(() => resolveAnswer(null), HANG_MS);
    worker.once('message', (/** @type {{ms: number, error: string | null}} */ answer) => {
      clearTimeout(timer);
      resolveAnswer(answer);
    });
    worker.postMessage(new Uint8Array(file));
  });
}

await bundle();
let worker = new Worker(target);
/** @type {{seeds: number, mutated: number, exceptions: string[], hangs: string[], worstMs: number, worstFile: string}} */
const found = { seeds: seeds.length, mutated: 0, exceptions: [], hangs: [], worstMs: 0, worstFile: '' };
/** @type {number[]} */
const times = [];
for (; found.mutated < runs; found.mutated++) {
  const seed = seeds[random(seeds.length)];
  if (!seed) throw new Error('No files to mutate');
  const { name, bytes } = seed;
  const answer = await ask(worker, mutate(bytes));
  if (answer === null) {
    found.hangs.push(`${name} (run ${found.mutated})`);
    await worker.terminate();
    worker = new Worker(target);
    continue;
  }
  times.push(answer.ms);
  if (answer.error) found.exceptions.push(`${name} (run ${found.mutated}): ${answer.error}`);
  if (answer.ms > found.worstMs) Object.assign(found, { worstMs: answer.ms, worstFile: name });
}
await worker.terminate();
rmSync(scratch, { recursive: true, force: true });
times.sort((a, b) => a - b);
/** @param {number} ms */
const round = (ms) => Math.round(ms * 10) / 10;
console.log(
  JSON.stringify(
    {
      ...found,
      medianMs: round(times[Math.floor(times.length / 2)] ?? 0),
      p999Ms: round(times[Math.floor(times.length * 0.999)] ?? 0),
      worstMs: round(found.worstMs),
    },
    null,
    2,
  ),
);
process.exitCode = found.exceptions.length + found.hangs.length > 0 ? 1 : 0;
