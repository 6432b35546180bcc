import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContainer } from '../../containers';
import { provenanceOf, TEST_ROOTS } from './provenance.fixture';

/** Real files; optional, beside the checkout. */
const corpus = join(import.meta.dirname, '../../../../../shared/corpus');
const here = existsSync(corpus);

/** By the end of the name: state, what is said, and who vouches, with the lists as shipped. */
const EXPECTED: Readonly<Record<string, readonly [state: string, kind: string | null, proof?: string]>> = {
  'adobe-20220124-CA.jpg': ['untrusted', 'edited', 'untrusted'],
  'adobe-20220124-E-dat-CA.jpg': ['invalid', null],
  'adobe-20220124-E-sig-CA.jpg': ['invalid', null],
  'adobe-20220124-XCA.jpg': ['invalid', null],
  'adobe-20220124-I.jpg': ['none', null],
  'fixtures__CA.jpg': ['untrusted', 'edited', 'untrusted'],
  'boxhash.jpg': ['untrusted', 'edited', 'untrusted'],
  // Its test signer says `digitalCapture`; nobody vouches for it.
  'C_with_CAWG_data.jpg': ['untrusted', 'camera', 'untrusted'],
  'unresolvable_did.jpg': ['untrusted', null],
  'cloud.jpg': ['remote', null],
  'cloudx.jpg': ['remote', null],
  'test_xmp.webp': ['none', null],
  'test_lossless.webp': ['none', null],
  'no_alg.jpg': ['unreadable', null],
  'prerelease.jpg': ['unreadable', null],
  'cards_trusted.avif': ['untrusted', null],
  '1702508476866__3.jpg': ['trusted', 'generated', 'trusted'],
  '1709161283730__0.jpg': ['trusted', 'generated', 'trusted'],
  '2024-02-19__0.jpeg': ['trusted', 'generated', 'trusted'],
  '2024-03-24__1.jpeg': ['trusted', 'generated', 'trusted'],
};

const STATES = ['trusted', 'untrusted', 'expired', 'invalid', 'remote', 'unreadable'];
const stateOf = (features: Readonly<Record<string, number>>) =>
  STATES.find((state) => features[state] === 1) ?? 'none';

const read = (path: string) => new Uint8Array(readFileSync(join(corpus, path)));

describe.skipIf(!here)('real files (../shared/corpus)', () => {
  it.each(Object.entries(EXPECTED))('%s', async (name, [state, kind, proof]) => {
    const file = readdirSync(join(corpus, 'c2pa')).find((one) => one.endsWith(name)) ?? name;
    const result = await provenanceOf(read(`c2pa/${file}`));
    expect([stateOf(result.features), result.claim?.kind ?? null, result.claim?.proof]).toEqual([
      state,
      kind,
      proof,
    ]);
  });

  it("every DALL-E 3 file of OpenAI and Microsoft that still has its record is proven; Stability's is expired", async () => {
    const seen: Record<string, number> = {};
    for (const file of readdirSync(join(corpus, 'ai'))) {
      const bytes = read(`ai/${file}`);
      if (!readContainer(bytes)?.hasC2pa) continue;
      const { features, claim, status } = await provenanceOf(bytes);
      const key = `${file.split('__')[0]} ${stateOf(features)} ${claim?.kind} ${claim?.proof} ${status}`;
      seen[key] = (seen[key] ?? 0) + 1;
    }
    expect(seen).toEqual({
      'dalle3 trusted generated trusted flagged': 17,
      'stability-api-2024 expired generated untrusted warning': 2,
    });
  });

  it('with the test authority imported, its files are trusted, and tampered ones still are not', async () => {
    const roots = readFileSync(join(corpus, 'c2pa/trust/test_cert_root_bundle.pem'), 'utf8');
    const files = readdirSync(join(corpus, 'c2pa'));
    const states = await Promise.all(
      ['adobe-20220124-CA.jpg', 'adobe-20220124-E-dat-CA.jpg', 'adobe-20220124-E-sig-CA.jpg'].map(
        async (name) => {
          const file = files.find((one) => one.endsWith(name)) ?? name;
          return stateOf((await provenanceOf(read(`c2pa/${file}`), TEST_ROOTS(roots))).features);
        },
      ),
    );
    expect(states).toEqual(['trusted', 'invalid', 'invalid']);
  });

  it('no photograph of the corpus is said to be made by AI', async () => {
    for (const file of readdirSync(join(corpus, 'real'))) {
      const { claim, features } = await provenanceOf(read(`real/${file}`));
      expect(claim?.kind === 'generated' || claim?.kind === 'composite', file).toBe(false);
      expect(features.invalid, file).toBe(0);
    }
  });
});
