// @ts-check
/** What `npm run check` is asked to look at: files, folders and addresses become a flat list of files. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, opendir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Same cap as the extension's (src/forensics/limits.ts), plus one byte so that the engine can say "too large". */
const MAX_DOWNLOAD_BYTES = 25 * 1024 * 1024 + 1;
const DOWNLOAD_DEADLINE_MS = 60_000;

const IMAGE_EXTENSIONS = new Set(
  '.jpg .jpeg .jpe .jfif .png .apng .webp .gif .avif .heic .heif .bmp .dib .tif .tiff .svg .ico'.split(' '),
);

/**
 * @typedef {{ name: string, path: string }} Input a name as the user gave it, and a readable file
 * @typedef {{ name: string, code: string, message: string }} Rejected
 */

/** @param {string} text */
export function isAddress(text) {
  return /^https?:\/\//i.test(text);
}

/**
 * First bytes of the formats browsers show: for files in a folder whose name does not say "image".
 * @param {string} path
 */
async function looksLikeImage(path) {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    if (bytesRead < 12) return false;
    const head = buffer.toString('latin1');
    return (
      head.startsWith('\xff\xd8\xff') ||
      head.startsWith('\x89PNG') ||
      head.startsWith('GIF8') ||
      (head.startsWith('RIFF') && head.endsWith('WEBP')) ||
      /^....ftyp(avif|avis|heic|heix|mif1)/s.test(head)
    );
  } finally {
    await file.close();
  }
}

/**
 * Files below a folder, in name order, hidden ones left out, links not followed.
 * @param {string} folder
 * @returns {AsyncGenerator<string>}
 */
async function* filesBelow(folder) {
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/**
 * Fetches an address into a file, capped in bytes and time.
 * @param {string} address
 * @param {string} folder
 * @returns {Promise<Input | Rejected>}
 */
async function download(address, folder) {
  const name = createHash('sha256').update(address).digest('hex').slice(0, 16);
  const path = join(folder, `${name}${extname(new URL(address).pathname).slice(0, 8)}`);
  let taken = 0;
  const cap = new Transform({
    transform(chunk, _encoding, done) {
      taken += chunk.length;
      if (taken > MAX_DOWNLOAD_BYTES) this.push(null);
      else this.push(chunk);
      done();
    },
  });
  try {
    const reply = await fetch(address, {
      credentials: 'omit',
      signal: AbortSignal.timeout(DOWNLOAD_DEADLINE_MS),
    });
    if (!reply.ok || !reply.body) {
      return { name: address, code: 'fetch-refused', message: `The server answered ${reply.status}.` };
    }
    await mkdir(folder, { recursive: true });
    // Node's and the DOM's ReadableStream are one at run time; their types are two.
    const body = Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (reply.body));
    await pipeline(body, cap, createWriteStream(path));
  } catch (error) {
    return {
      name: address,
      code: 'fetch-refused',
      message: String(error instanceof Error ? error.message : error),
    };
  }
  if (taken > MAX_DOWNLOAD_BYTES) {
    return { name: address, code: 'file-too-large', message: 'More than 25 MB.' };
  }
  return { name: address, path };
}

/**
 * @param {string[]} wanted files, folders and addresses
 * @param {string} downloads folder for fetched addresses
 * @returns {Promise<{ inputs: Input[], rejected: Rejected[], skipped: number }>}
 *   `skipped`: files in folders that are no images
 */
export async function collectInputs(wanted, downloads) {
  /** @type {Input[]} */
  const inputs = [];
  /** @type {Rejected[]} */
  const rejected = [];
  let skipped = 0;
  for (const item of wanted) {
    if (isAddress(item)) {
      const had = await download(item, downloads);
      if ('path' in had) inputs.push(had);
      else rejected.push(had);
      continue;
    }
    const found = await stat(item).catch(() => null);
    if (!found) {
      rejected.push({ name: item, code: 'not-found', message: 'No such file or folder.' });
    } else if (!found.isDirectory()) {
      inputs.push({ name: item, path: item });
    } else {
      for await (const path of filesBelow(item)) {
        const isImage =
          IMAGE_EXTENSIONS.has(extname(basename(path)).toLowerCase()) || (await looksLikeImage(path));
        if (isImage) inputs.push({ name: path, path });
        else skipped += 1;
      }
    }
  }
  return { inputs, rejected, skipped };
}
