import init, { type InitInput, WasmReader } from '@contentauth/c2pa-wasm';
import type { CredentialAnswer } from '../../layer';
import type { ImageFormat } from '../../report';
import { MAX_REPORT_CHARS } from './limits';
import { readerSettings, type TrustStore } from './trust';

/** Formats that can carry a manifest store and that the browser decodes. */
const MIME: Readonly<Partial<Record<ImageFormat, string>>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
};

/**
 * Validates Content Credentials (C2PA 2.2) with c2pa-rs as WebAssembly, offline: signature, hashes of the
 * asset and its assertions, the signer's certificate chain against the trust lists, time stamps.
 *
 * The file is hostile: call it where a deadline can terminate it.
 * @param wasm the module, or where it is packaged
 * @throws RuntimeError where the module broke down: it must not be used again
 */
export async function readCredentials(
  file: Uint8Array,
  format: ImageFormat,
  trust: TrustStore,
  wasm: InitInput,
): Promise<CredentialAnswer> {
  const mime = MIME[format];
  if (!mime) return { kind: 'none' };
  await init({ module_or_path: wasm });
  let reader: WasmReader;
  try {
    reader = await WasmReader.fromBytes(mime, file, readerSettings(trust));
  } catch (error) {
    return answerOf(error);
  }
  try {
    const json = reader.json();
    if (json.length > MAX_REPORT_CHARS) {
      return { kind: 'unreadable', detail: `a report of ${json.length} characters` };
    }
    const issued = Object.fromEntries(trust.lists.map((list) => [list.id, list.issued]));
    return { kind: 'store', json, issued };
  } finally {
    reader.free();
  }
}

/** The module names its errors in words only: `C2pa(JumbfNotFound)`. */
function answerOf(error: unknown): CredentialAnswer {
  const words = String(error);
  const [, name] = /C2pa\((.*)\)$/s.exec(words) ?? [];
  if (name === undefined) throw error;
  if (name === 'JumbfNotFound') return { kind: 'none' };
  const [, url] = /^RemoteManifestUrl\("(.*)"\)$/s.exec(name) ?? [];
  return url === undefined ? { kind: 'unreadable', detail: name } : { kind: 'remote', url };
}
