// @ts-check
/**
 * Makes public/trust/lists.json, the signers that a Content Credential may have, from the published lists.
 *
 *   node scripts/update-trust.mjs --official DIR --interim DIR --date YYYY-MM-DD
 *
 * `--official`: folder `trust-list` of github.com/c2pa-org/conformance-public (CC BY 4.0).
 * `--interim`: folder `static/trust` of github.com/contentauth/verify-site (Apache-2.0): the list that verifiers
 * used before the official one, frozen since. `--date`: the day on which that folder was last changed.
 *
 * Certificates are kept as published, without the words around them; single signers as SHA-256 of their
 * certificate. Left out are those that their owner has revoked: without asking the network, a revoked
 * certificate looks like any other.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './project.mjs';

/**
 * Nikon revoked every certificate of its Authenticity Service on 21 September 2025: cameras could be made to
 * sign pictures that they had not taken.
 */
const REVOKED = [/^O=NIKON CORPORATION$/im];

/** @param {string} text @returns {string[]} each certificate as PEM, once */
function certificates(text) {
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return [...new Set(found.map((pem) => pem.replaceAll('\r', '')))];
}

/** @param {string} pem */
const revoked = (pem) => REVOKED.some((name) => name.test(new X509Certificate(pem).subject));

/** The interim list keeps authorities of time stamps among those of signers. @param {string} pem */
const stampsTime = (pem) => /TimeStamping/i.test(new X509Certificate(pem).subject);

/** @param {string} pem */
const sha256 = (pem) => createHash('sha256').update(new X509Certificate(pem).raw).digest('base64');

/** @param {string} folder @param {string} name */
const read = (folder, name) => readFileSync(join(folder, name), 'utf8');

const { values } = parseArgs({
  options: { official: { type: 'string' }, interim: { type: 'string' }, date: { type: 'string' } },
});
const { official, interim, date } = values;
if (!official || !interim || !/^\d{4}-\d\d-\d\d$/.test(date ?? '')) {
  throw new Error('Expected --official DIR --interim DIR --date YYYY-MM-DD.');
}

/** @param {string} name */
const issued = (name) =>
  JSON.parse(read(official, name)).LoTE.ListAndSchemeInformation.ListIssueDateTime.slice(0, 10);

const authorities = certificates(read(interim, 'anchors.pem')).filter((pem) => !revoked(pem));
const single = certificates(read(interim, 'allowed.pem')).filter((pem) => !revoked(pem));
const lists = {
  about: {
    official: 'C2PA Trust List and TSA Trust List, github.com/c2pa-org/conformance-public, CC BY 4.0',
    interim: 'Interim trust list, github.com/contentauth/verify-site, Apache-2.0',
    changes: 'Joined into one file; single signers as hashes; certificates revoked by their owner left out',
  },
  lists: [
    {
      id: 'c2pa',
      kind: 'manifest',
      issued: issued('C2PA-TRUST-LIST.json'),
      anchors: certificates(read(official, 'C2PA-TRUST-LIST.pem')),
      allowed: [],
    },
    {
      id: 'c2pa-tsa',
      kind: 'tsa',
      issued: issued('C2PA-TSA-TRUST-LIST.json'),
      anchors: certificates(read(official, 'C2PA-TSA-TRUST-LIST.pem')),
      allowed: [],
    },
    {
      id: 'interim',
      kind: 'manifest',
      issued: date,
      anchors: authorities.filter((pem) => !stampsTime(pem)),
      allowed: [...new Set(single.map(sha256))].sort(),
    },
    { id: 'interim-tsa', kind: 'tsa', issued: date, anchors: authorities.filter(stampsTime), allowed: [] },
  ],
  /** Extended key usages that a signer's certificate may have. */
  usages: read(interim, 'store.cfg')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^[\d.]+$/.test(line)),
};

mkdirSync(join(ROOT, 'public', 'trust'), { recursive: true });
writeFileSync(join(ROOT, 'public', 'trust', 'lists.json'), `${JSON.stringify(lists, null, 1)}\n`);
for (const { id, anchors, allowed } of lists.lists) {
  console.log(`${id}: ${anchors.length} authorities, ${allowed.length} single signers`);
}
