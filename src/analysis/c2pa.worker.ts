import wasm from '@contentauth/c2pa-wasm/c2pa.wasm?url';
import * as Comlink from 'comlink';
import { readCredentials } from '../forensics/layers/provenance/reader';
import { parseTrustStore, type TrustStore } from '../forensics/layers/provenance/trust';
import { installErrorTransfer } from '../rpc/errors';
import { readUserTrust } from '../settings/trust';
import type { C2paWorkerApi } from './protocol';

/** The validator of Content Credentials, alone in its worker: a file that breaks it ends nothing else. */

installErrorTransfer();

let shipped: Promise<TrustStore> | null = null;

async function loadShipped(): Promise<TrustStore> {
  const response = await fetch(new URL('/trust/lists.json', self.location.origin));
  return parseTrustStore(await response.json());
}

const api: C2paWorkerApi = {
  async read(file, format) {
    shipped ??= loadShipped();
    const { lists, usages } = await shipped;
    // Read each time: the person may have changed it since the last picture.
    const own = await readUserTrust();
    const trust = own
      ? { usages, lists: [...lists, { ...own, id: 'user', kind: 'manifest' as const }] }
      : { lists, usages };
    // The bundler packages the module; nothing is ever fetched from elsewhere.
    return readCredentials(file, format, trust, new URL(wasm, self.location.href));
  },
};

Comlink.expose(api);
