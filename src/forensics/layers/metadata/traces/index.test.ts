import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TRACE_DETECTORS } from '.';

test('every detector file is registered once', () => {
  const helpers = new Set(['index.ts', 'trace.ts', 'known-generators.ts', 'traces.fixture.ts']);
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    (name) => !helpers.has(name) && !name.endsWith('.test.ts'),
  );
  expect(TRACE_DETECTORS.map((detector) => `${detector.id}.ts`).sort()).toEqual(files.sort());
});
