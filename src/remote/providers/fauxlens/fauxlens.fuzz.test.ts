import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CheckError } from '../../../failures';
import { readReply } from './index';

// In a file of its own: it keeps the processor busy for longer than a server keeps a connection.

const SENT = { sha256: '0'.repeat(64), url: null };
const PARTY = { name: 'FauxLens', secret: 'fl_key' };

/** Ours that this provider can lead to: never `authentic`. */
const VERDICTS = ['ai-generated', 'likely-ai-generated', 'inconclusive', 'likely-authentic'];

it('any JSON at all is a sound result or a typed failure', () => {
  const nearly = fc.record(
    {
      verdict: fc.constantFrom('AI-Generated', 'Likely AI-Generated', 'Authentic', 'Real'),
      confidence: fc.oneof({ weight: 4, arbitrary: fc.double({ min: -0.1, max: 1.1 }) }, fc.string()),
      suspected_model: fc.option(fc.string()),
      processing_time_ms: fc.option(fc.double()),
      image_hash: fc.option(fc.string()),
      evidence: fc.array(
        fc.record({
          layer: fc.string(),
          status: fc.constantFrom('flagged', 'warning', 'toString', '__proto__', ''),
          label: fc.string(),
          explanation: fc.string({ unit: 'binary' }),
        }),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: ['verdict', 'confidence', 'evidence'] },
  );
  let sound = 0;
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), { weight: 3, arbitrary: nearly }), (json) => {
      try {
        const { verdict, probability, uncertainty, layers } = readReply(json, SENT, PARTY).analysis;
        sound += 1;
        expect(VERDICTS).toContain(verdict);
        expect(probability).toBeGreaterThanOrEqual(0.01);
        expect(probability).toBeLessThanOrEqual(0.99);
        expect(uncertainty.width).toBeGreaterThanOrEqual(0.15);
        expect(uncertainty.width).toBeLessThanOrEqual(0.5);
        expect(new Set(layers.map(({ id }) => id)).size).toBe(layers.length);
        for (const layer of layers) {
          expect(['flagged', 'warning', 'unavailable']).toContain(layer.status);
          expect(layer.unavailable !== undefined).toBe(layer.status === 'unavailable');
        }
      } catch (error) {
        if (!(error instanceof CheckError)) throw error;
        expect(error.failure).toMatchObject({ code: 'provider-bad-reply', args: ['FauxLens'] });
      }
    }),
    { numRuns: 1000 },
  );
  // The other half of the claim would be empty if nothing ever got through.
  expect(sound).toBeGreaterThan(50);
}, 60_000);
