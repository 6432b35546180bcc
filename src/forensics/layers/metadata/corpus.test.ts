import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sniffFormat } from '../../containers';
import type { LayerResult } from '../../report';
import { analyze } from './test-image';

const CORPUS = '../shared/corpus';

describe.skipIf(!existsSync(CORPUS))(
  'real files (../shared/corpus absent: skipped)',
  { timeout: 30_000 },
  () => {
    async function results(folder: string): Promise<Map<string, LayerResult>> {
      const found = new Map<string, LayerResult>();
      for (const name of readdirSync(join(CORPUS, folder))) {
        const path = join(CORPUS, folder, name);
        if (!statSync(path).isFile() || name.endsWith('.tsv')) continue;
        const file = new Uint8Array(readFileSync(path));
        if (sniffFormat(file) === null) continue;
        const started = performance.now();
        found.set(name, await analyze(file));
        expect(performance.now() - started, name).toBeLessThan(2_000);
      }
      return found;
    }

    const count = (found: Map<string, LayerResult>, feature: string) =>
      [...found.values()].filter((result) => result.features[feature] === 1).length;

    test('regression files: every one answers, none is called generated', async () => {
      const found = await results('badinput');
      expect(found.size).toBeGreaterThan(300);
      for (const feature of ['claimGenerated', 'claimComposite', 'c2paAi'])
        expect(count(found, feature)).toBe(0);
    });

    test('no image of the real folder is said to be generated', async () => {
      const found = await results('real');
      expect(found.size).toBe(138);
      for (const feature of ['claimGenerated', 'claimComposite', 'claimSynthetic', 'c2paAi', 'c2paAiPart']) {
        expect(count(found, feature), feature).toBe(0);
      }
      // 20 camera originals: one is a video game's, one a handheld console's without settings.
      const originals = [...found].filter(([name]) => name.startsWith('camera-original'));
      expect(originals.filter(([, result]) => result.features.camera === 1)).toHaveLength(18);
    });

    test('every file whose manifest names an AI is found, and the others are not', async () => {
      const generated = [...(await results('c2pa'))].filter(([, result]) => result.features.c2paAi === 1);
      expect(generated.map(([name]) => name.split('+')[0]).sort()).toEqual([
        'liruifengv',
        'liruifengv',
        'yihong0618',
        'yihong0618',
      ]);
      expect(count(await results('ai'), 'c2paAi')).toBe(19);
    });
  },
);
