import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContractServer } from '../../../../tests/providers/contract-server';
import { SAMPLE_KEY, startTruthLens } from '../../../../tests/providers/truthlens-server';
import { failureOf, HEIC, JPEG, never, PNG, request } from '../provider.fixture';
import { truthlens } from './index';

let server: ContractServer;

beforeAll(async () => {
  server = await startTruthLens({ perMonth: 1000 });
});
afterAll(() => server.close());
beforeEach(() => server.misbehave());

function detect(bytes: Uint8Array = PNG, apiKey = SAMPLE_KEY) {
  return truthlens.detect(request(bytes), { baseUrl: server.origin, apiKey }, never);
}

it('sends the multipart field "image" with a Bearer key', async () => {
  const result = await detect(JPEG);
  expect(server.seen.at(-1)).toMatchObject({ method: 'POST', path: '/api/detect', fields: ['image'] });
  expect(server.seen.at(-1)).toMatchObject({ fileName: 'image.jpeg', sha256: request(JPEG).sha256 });
  expect(server.seen.at(-1)?.headers.authorization).toBe(`Bearer ${SAMPLE_KEY}`);
  expect(result.own).toEqual({
    verdict: 'is_ai_generated: false',
    score: 0.83,
    scale: '0–1',
    band: 'authentic',
  });
  expect(result.analysis.layers).toEqual([]);
});

describe('yes or no with a confidence, in our words', () => {
  it.each([
    [true, 1, 'ai-generated', 0.99, 0.15, 'ai'],
    [true, 0.8, 'ai-generated', 0.8, 0.2, 'ai'],
    [true, 0.79, 'likely-ai-generated', 0.79, 0.21, 'likely_ai'],
    [true, 0.5, 'likely-ai-generated', 0.5, 0.5, 'likely_ai'],
    [true, 0.49, 'inconclusive', 0.5, 0.5, 'inconclusive'],
    [false, 0.9, 'likely-authentic', 0.1, 0.15, 'authentic'],
    [false, 0.2, 'inconclusive', 0.5, 0.5, 'inconclusive'],
  ])('%s at %f: %s', async (isAi, confidence, verdict, probability, width, band) => {
    const body = JSON.stringify({ is_ai_generated: isAi, confidence });
    server.misbehave({ kind: 'reply', body });
    const { analysis, own } = await detect();
    expect(analysis.verdict).toBe(verdict);
    expect(analysis.probability).toBeCloseTo(probability, 10);
    expect(analysis.uncertainty.width).toBeCloseTo(width, 10);
    expect(own).toEqual({ verdict: `is_ai_generated: ${isAi}`, score: confidence, scale: '0–1', band });
    expect(truthlens.bands.find(({ id }) => id === band)?.verdict).toBe(verdict);
  });
});

it.each([
  ['HTML', '<h1>Sign in</h1>'],
  ['an error with status 200', '{"error": "no"}'],
  ['yes in words', '{"is_ai_generated": "true", "confidence": 0.9}'],
  ['a confidence of 93', '{"is_ai_generated": true, "confidence": 93}'],
  ['no confidence', '{"is_ai_generated": true}'],
])('%s is no answer', async (_name, body) => {
  server.misbehave({ kind: 'reply', body });
  expect(await failureOf(detect())).toMatchObject({ code: 'provider-bad-reply', args: ['TruthLens'] });
});

it('refuses what it cannot send, and tells a wrong key', async () => {
  const before = server.seen.length;
  expect(await failureOf(detect(HEIC))).toMatchObject({ code: 'provider-rejected-image' });
  expect(server.seen.length).toBe(before);
  expect(await failureOf(detect(PNG, 'tl_wrong_key'))).toMatchObject({ code: 'provider-unauthorised' });
});
