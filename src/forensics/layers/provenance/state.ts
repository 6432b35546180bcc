import type { ManifestStore } from './store';

/**
 * How far a manifest store may be believed:
 * - `trusted`: whole, and its signer stands on a trust list;
 * - `untrusted`: whole, but nobody vouches for the signer: anyone can make such a certificate;
 * - `expired`: whole, but the certificate was out of date, and no time stamp says that it was signed before;
 * - `invalid`: signature, hashes or certificate are wrong.
 */
export type CredentialState = 'trusted' | 'untrusted' | 'expired' | 'invalid';

/** Why a store is invalid, worst first. */
export type Fault = 'content' | 'signature' | 'certificate' | 'other';

/** Failures that are about the signer's standing, not about wholeness. */
const STANDING = new Set(['signingCredential.untrusted', 'signingCredential.expired']);

export function stateOf(store: ManifestStore): CredentialState {
  if (store.list !== null) return 'trusted';
  const wrong = store.failures.filter((code) => !STANDING.has(code));
  if (wrong.length > 0) return 'invalid';
  if (store.failures.includes('signingCredential.expired')) return 'expired';
  return store.validation === 'Invalid' ? 'invalid' : 'untrusted';
}

/** @returns the worst fault of an invalid store */
export function faultOf(store: ManifestStore): Fault {
  const has = (pattern: RegExp) => store.failures.some((code) => pattern.test(code));
  if (has(/^assertion\.(dataHash|boxesHash|bmffHash|collectionHash)\./)) return 'content';
  if (has(/^(claimSignature|assertion|claim)\./)) return 'signature';
  if (has(/^signingCredential\.(?!untrusted|expired)/)) return 'certificate';
  return 'other';
}
