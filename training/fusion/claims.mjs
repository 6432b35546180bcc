/**
 * The engine's own metadata layer for `claims.py`: what is counted is what the extension would read. Takes files
 * from standard input (length in bytes as 32-bit little-endian, then the bytes) and answers a line each: the kind
 * of the file's claim about itself, or `none`.
 */
import { loadEngine } from '../engine.mjs';

const engine = await loadEngine(`
  export { readContainer, readHeader } from './containers';
  export { metadata } from './layers/metadata';
  export { decodeExif } from './layers/metadata/exif-decoder';`);
const services = { exif: { decode: (block) => engine.decodeExif(block) } };

/** @param {Uint8Array} bytes @returns {Promise<string>} */
async function claimOf(bytes) {
  const header = engine.readHeader(bytes);
  if (header === null) return 'none';
  const image = {
    how: 'file',
    format: header.format,
    width: header.width ?? 0,
    height: header.height ?? 0,
    bytes,
    container: () => engine.readContainer(bytes),
  };
  const { claim } = await engine.metadata.analyze(image, services, new AbortController().signal);
  return claim?.kind ?? 'none';
}

let held = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
  while (held.length >= 4 && held.length >= 4 + held.readUInt32LE(0)) {
    const size = held.readUInt32LE(0);
    const answer = await claimOf(new Uint8Array(held.subarray(4, 4 + size)));
    process.stdout.write(`${answer}\n`);
    held = held.subarray(4 + size);
  }
}
