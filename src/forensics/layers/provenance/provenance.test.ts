import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { c2paStore, jpeg, jpegJumbf, jpegXmp } from '../../containers/hand-made';
import { provenanceOf, realReader, shipped } from './provenance.fixture';
import { faultOf, stateOf } from './state';
import { readStatement } from './statement';
import { parseStore } from './store';
import { parseTrustStore } from './trust';

const AI = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
const CAPTURE = 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture';

interface Part {
  readonly generator?: string;
  readonly actions?: readonly object[];
  readonly ingredients?: readonly object[];
  readonly assertions?: readonly string[];
  readonly trusted?: boolean;
  readonly fails?: readonly string[];
}

/** A report as c2pa-rs writes it; the first part is the active manifest. */
function report(parts: Readonly<Record<string, Part>>, list = 'c2pa'): string {
  const [active = ''] = Object.keys(parts);
  const url = (label: string) => `self#jumbf=/c2pa/${label}/c2pa.signature`;
  const statuses = (label: string) => ({
    success: parts[label]?.trusted
      ? [
          {
            code: 'signingCredential.trusted',
            url: url(label),
            explanation: `signing certificate trusted, found in [${list}] trust anchors`,
          },
        ]
      : [],
    failure: (parts[label]?.fails ?? []).map((code) => ({ code, url: url(label) })),
  });
  const fails = parts[active]?.fails ?? [];
  const standing = fails.filter((code) => code !== 'signingCredential.untrusted');
  return JSON.stringify({
    active_manifest: active,
    manifests: Object.fromEntries(
      Object.entries(parts).map(([label, part]) => [
        label,
        {
          claim_generator: part.generator ?? 'a program/1.0',
          assertions: [
            { label: 'c2pa.actions.v2', data: { actions: part.actions ?? [] } },
            ...(part.assertions ?? []).map((one) => ({ label: one })),
          ],
          ingredients: part.ingredients ?? [],
          signature_info: { issuer: 'Someone', time: '2026-01-02T03:04:05+00:00' },
        },
      ]),
    ),
    validation_state: standing.length > 0 ? 'Invalid' : parts[active]?.trusted ? 'Trusted' : 'Valid',
    validation_results: {
      activeManifest: statuses(active),
      ingredientDeltas: Object.keys(parts)
        .slice(1)
        .map((label) => ({ validationDeltas: statuses(label) })),
    },
  });
}

function statement(parts: Readonly<Record<string, Part>>) {
  const store = parseStore(report(parts));
  if (!store) throw new Error('The report was not read');
  return readStatement(store);
}

const created = (more: object) => ({ action: 'c2pa.created', ...more });
const parentOf = (label: string) => ({ relationship: 'parentOf', active_manifest: label });
const componentOf = (label: string) => ({ relationship: 'componentOf', active_manifest: label });

describe('what a record says', () => {
  it('made by AI: by the source type, or by the name of a known generator without one', () => {
    expect(statement({ a: { trusted: true, actions: [created({ digitalSourceType: AI })] } })).toMatchObject({
      kind: 'generated',
      trusted: true,
    });
    const bing = { actions: [created({ softwareAgent: { name: 'Bing Image Creator' } })] };
    expect(statement({ a: bing })).toEqual({ kind: 'generated', name: 'Bing Image Creator', trusted: false });
    expect(statement({ a: { generator: 'Microsoft_Responsible_AI/1.0' } })?.kind).toBe('generated');
  });

  it("a parent's word holds for the whole, a component's for a part", () => {
    const ai = { trusted: true, actions: [created({ digitalSourceType: AI, softwareAgent: 'DALL·E' })] };
    const over = (ingredient: object) => ({ a: { trusted: true, ingredients: [ingredient] }, b: ai });
    expect(statement(over(parentOf('b')))).toEqual({ kind: 'generated', name: 'DALL·E', trusted: true });
    expect(statement(over(componentOf('b')))?.kind).toBe('composite');
  });

  it('an edit by AI of what AI had made is made by AI, unless only the edit is vouched for', () => {
    const made = { actions: [created({ digitalSourceType: AI })] };
    const edit = { trusted: true, actions: [{ action: 'c2pa.edited', digitalSourceType: AI }] };
    const chain = (below: object) => statement({ a: { ...edit, ingredients: [parentOf('b')] }, b: below });
    expect(chain({ ...made, trusted: true })).toMatchObject({ kind: 'generated', trusted: true });
    expect(chain(made)).toMatchObject({ kind: 'composite', trusted: true });
    expect(chain({ actions: [created({ digitalSourceType: CAPTURE })] })?.kind).toBe('composite');
  });

  it('rests on every manifest of the way: one that nobody vouches for makes it unproven', () => {
    const ai = { actions: [created({ digitalSourceType: AI })] };
    const chain = (top: boolean, below: boolean) =>
      statement({ a: { trusted: top, ingredients: [parentOf('b')] }, b: { ...ai, trusted: below } })?.trusted;
    expect([chain(true, true), chain(true, false), chain(false, true)]).toEqual([true, false, false]);
    const broken = { ...ai, trusted: true, fails: ['assertion.hashedURI.mismatch'] };
    expect(statement({ a: { trusted: true, ingredients: [parentOf('b')] }, b: broken })?.trusted).toBe(false);
  });

  it('a camera, only without edits, ingredients or AI', () => {
    const shot = created({ digitalSourceType: CAPTURE });
    expect(statement({ a: { generator: 'Leica M11-P', actions: [shot] } })).toMatchObject({
      kind: 'camera',
      name: 'Leica M11-P',
    });
    const edit = { action: 'c2pa.color_adjustments' };
    expect(statement({ a: { actions: [shot, edit] } })?.kind).toBe('edited');
    expect(statement({ a: { actions: [shot], ingredients: [componentOf('x')] } })?.kind).not.toBe('camera');
    const fill = { action: 'c2pa.edited', softwareAgent: 'Adobe Firefly' };
    expect(statement({ a: { actions: [shot, fill] } })?.kind).toBe('composite');
    expect(statement({ a: { actions: [shot], assertions: ['com.adobe.generative-ai'] } })?.kind).toBe(
      'composite',
    );
  });

  it('nothing, where it says nothing; and ends where manifests name each other in a circle', () => {
    expect(statement({ a: {} })).toBeNull();
    expect(
      statement({ a: { ingredients: [parentOf('b')] }, b: { ingredients: [parentOf('a')] } }),
    ).toBeNull();
  });
});

describe('the state', () => {
  const state = (part: Part, list?: string) => {
    const store = parseStore(report({ a: part }, list));
    if (!store) throw new Error('The report was not read');
    return [stateOf(store), store.list, faultOf(store)];
  };

  it.each([
    [{ trusted: true }, 'trusted', 'c2pa'],
    [{ fails: ['signingCredential.untrusted'] }, 'untrusted', null],
    [{ fails: ['signingCredential.untrusted', 'signingCredential.expired'] }, 'expired', null],
    [{ fails: ['signingCredential.revoked'] }, 'invalid', null],
    [{ trusted: true, fails: ['assertion.dataHash.mismatch'] }, 'invalid', null],
  ] as const)('%j', (part, expected, list) => {
    expect(state(part).slice(0, 2)).toEqual([expected, list]);
  });

  it('a signer that is listed by itself is reported without a list, and stands on the interim one', () => {
    expect(state({ trusted: true }, '')[1]).toBe('interim');
  });

  it.each([
    ['assertion.dataHash.mismatch', 'content'],
    ['assertion.bmffHash.mismatch', 'content'],
    ['claimSignature.mismatch', 'signature'],
    ['assertion.hashedURI.mismatch', 'signature'],
    ['signingCredential.invalid', 'certificate'],
    ['algorithm.unsupported', 'other'],
  ])('%s is a fault of the %s', (code, fault) => {
    expect(state({ fails: [code] })[2]).toBe(fault);
  });
});

describe('the layer', () => {
  it('does not start the validator where there is nothing to validate', async () => {
    const read = vi.fn();
    const result = await provenanceOf(jpeg([]), { read });
    expect(read).not.toHaveBeenCalled();
    expect(result).toMatchObject({ status: 'clear', label: { key: 'layers.provenance.label.none' } });
  });

  it('tells where a record is kept elsewhere, and never of other addresses', async () => {
    const xmp = (url: string) =>
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:d="http://purl.org/dc/terms/" d:provenance="${url}"/></rdf:RDF></x:xmpmeta>`;
    const at = async (url: string) => (await provenanceOf(jpeg([jpegXmp(xmp(url))]))).features.remote;
    expect(await at('https://credentials.example/1')).toBe(1);
    expect(await at('self#jumbf=/c2pa')).toBe(0);
  });

  it('is unavailable where the validator fails', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const read = () => Promise.reject(new Error('terminated'));
    const file = jpeg(jpegJumbf(c2paStore({ claim: { claim_generator: 'x' } })));
    expect(await provenanceOf(file, { read })).toMatchObject({
      status: 'unavailable',
      unavailable: { key: 'layers.provenance.unavailable.failed' },
    });
    vi.restoreAllMocks();
  });

  it('a store that is no store is unreadable, by the real validator', async () => {
    const file = jpeg(jpegJumbf(c2paStore({ claim: { claim_generator: 'x' } })));
    const { features, status, claim } = await provenanceOf(file);
    expect(features.trusted).toBe(0);
    expect(status).toBe('warning');
    expect(claim).toBeUndefined();
  });

  it('cleans what the file says before it is shown', async () => {
    const json = report({
      a: { generator: 'evil\u202e\u0000 name', actions: [created({ digitalSourceType: AI })] },
    });
    const read = async () => ({ kind: 'store' as const, json, issued: {} });
    const result = await provenanceOf(jpeg(jpegJumbf(c2paStore({ claim: {} }))), { read });
    expect(result.claim).toMatchObject({ kind: 'generated', proof: 'untrusted' });
    expect(JSON.stringify(result.facts)).not.toMatch(/\u202e|\\u0000/);
  });

  it('never throws for any report', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (json) => {
        const read = async () => ({ kind: 'store' as const, json, issued: {} });
        const result = await provenanceOf(jpeg(jpegJumbf(c2paStore({ claim: {} }))), { read });
        expect(result.features.trusted).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the shipped lists', () => {
  it('are whole and dated; the real validator takes them', async () => {
    expect(shipped.lists.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'c2pa manifest',
      'c2pa-tsa tsa',
      'interim manifest',
      'interim-tsa tsa',
    ]);
    for (const { anchors } of shipped.lists) expect(anchors.length).toBeGreaterThan(0);
    expect(await realReader().read(jpeg([]), 'jpeg', new AbortController().signal)).toEqual({ kind: 'none' });
  });

  it('anything else is refused', () => {
    expect(() =>
      parseTrustStore({ lists: [{ ...shipped.lists[0], anchors: ['x'] }], usages: ['1.2'] }),
    ).toThrow();
    expect(() => parseTrustStore({ lists: [], usages: [] })).toThrow();
  });
});
