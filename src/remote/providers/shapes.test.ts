import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toDetectiks, toFakeSec, toFauxLens, toTruthLens, toVeriPlus } from '../../forensics/shapes';
import { finished, VERDICTS } from '../../forensics/shapes/shapes.fixture';
import * as detectiks from './detectiks/reply';
import * as fakesec from './fakesec/reply';
import * as fauxlens from './fauxlens/reply';
import * as truthlens from './truthlens/reply';
import * as veriplus from './veriplus/reply';

/** Our reports in the five shapes, read back by the readers that the providers' own replies go through. */

const PARTY = { name: 'Somebody', secret: 'secret-key' };
const RANGE = {
  'ai-generated': [0.8, 0.99],
  'likely-ai-generated': [0.55, 0.97],
  inconclusive: [0.2, 0.8],
  'likely-authentic': [0.01, 0.45],
  authentic: [0.01, 0.3],
} as const;

const check = fc.constantFrom(...VERDICTS).chain((verdict) =>
  fc
    .record({
      probability: fc.double({ min: RANGE[verdict][0], max: RANGE[verdict][1], noNaN: true }),
      width: fc.double({ min: 0, max: 0.5, noNaN: true }),
    })
    .map(({ probability, width }) => finished({ verdict, probability, uncertainty: { width, reasons: [] } })),
);

it('every shape is a valid reply of its API; FauxLens’s verdict and likelihood come back', () => {
  fc.assert(
    fc.property(check, (report) => {
      const sent = { sha256: report.image.sha256, url: null };
      const back = fauxlens.readReply(
        toFauxLens(report, () => 'words'),
        sent,
        PARTY,
      );
      const proof = report.verdict === 'authentic' ? 'likely-authentic' : report.verdict;
      expect(back.analysis.verdict).toBe(proof);
      expect(back.hashMatches).toBe(true);
      expect(back.analysis.layers.length).toBe(report.layers.length);
      if (report.verdict !== 'inconclusive') {
        expect(Math.abs(back.analysis.probability - report.probability)).toBeLessThanOrEqual(0.0051);
      }
      const { score } = fakesec.readReply(toFakeSec(report), 'live', PARTY).own;
      expect(Math.abs((score ?? 0) - report.probability)).toBeLessThanOrEqual(0.0051);
      expect(veriplus.readReply(toVeriPlus(report), null, PARTY).analysis.uncertainty.reasons).not.toContain(
        'layers-in-conflict',
      );
      const yesNo = truthlens.readReply(toTruthLens(report), PARTY).analysis.verdict;
      expect(yesNo === 'inconclusive').toBe(report.verdict === 'inconclusive');
      const scored =
        detectiks.readReply(
          toDetectiks(report, () => 'words'),
          sent,
          PARTY,
        ).own.score ?? 0;
      expect(Math.abs(scored / 100 - report.probability)).toBeLessThanOrEqual(0.00051);
    }),
    { numRuns: 300 },
  );
});
