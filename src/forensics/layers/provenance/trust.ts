import * as v from 'valibot';

/** Authorities whose certificates are believed, from one source. */
export interface TrustList {
  /** `c2pa`, `c2pa-tsa`, `interim`, `interim-tsa` as shipped; `user` for what the person imported. */
  readonly id: string;
  /** What its certificates may do: sign manifests, or stamp times. */
  readonly kind: 'manifest' | 'tsa';
  /** Day of the list, ISO 8601. */
  readonly issued: string;
  /** Certificates of authorities, PEM, one an entry. */
  readonly anchors: readonly string[];
  /** Single signers: base64 of the SHA-256 of their certificate (DER). */
  readonly allowed: readonly string[];
}

export interface TrustStore {
  readonly lists: readonly TrustList[];
  /** Extended key usages (OIDs) that a signer's certificate may have. */
  readonly usages: readonly string[];
}

const pem = v.pipe(
  v.string(),
  v.maxLength(20_000),
  v.regex(/^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----$/),
);

const schema = v.object({
  lists: v.array(
    v.object({
      id: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
      kind: v.picklist(['manifest', 'tsa']),
      issued: v.pipe(v.string(), v.isoDate()),
      anchors: v.array(pem),
      allowed: v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/))),
    }),
  ),
  usages: v.pipe(v.array(v.pipe(v.string(), v.regex(/^\d+(\.\d+)+$/))), v.minLength(1)),
});

/** Reads `public/trust/lists.json`. @throws Error for anything that is not as it must be */
export function parseTrustStore(json: unknown): TrustStore {
  return v.parse(schema, json);
}

/**
 * Settings of c2pa-rs: trust is checked, and nothing is ever fetched. Remote manifests and OCSP are off by
 * name; identity assertions (CAWG) would look up `did:web` addresses, so they are not decoded; and no host
 * is allowed whatever else may want one.
 */
export function readerSettings({ lists, usages }: TrustStore): string {
  return JSON.stringify({
    verify: { verify_trust: true, remote_manifest_fetch: false, ocsp_fetch: false },
    core: { decode_identity_assertions: false, allowed_network_hosts: [] },
    trust: {
      trust_config: usages.join('\n'),
      anchors: lists.map(({ id, kind, anchors, allowed }) => ({
        trust_uri: id,
        trust_kind: kind,
        trust_anchors: anchors.join('\n'),
        ...(allowed.length > 0 ? { allowed_list: allowed.join('\n') } : {}),
      })),
    },
  });
}
