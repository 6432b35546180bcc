import { CheckError } from '../failures';
import { sha256Hex } from '../forensics/hash';
import { originPattern } from './address';
import { providerConfig } from './config';
import { createLine } from './line';
import { inTurn } from './queue';
import { definitionFor } from './registry';
import type { ProviderConfig, ProviderDefinition, ProviderId } from './types';
import { saveBlock, saveUsage, type UsageSnapshot, usageOf } from './usage';

export interface KeyTest {
  /** Milliseconds until the answer. */
  readonly ms: number;
}

/**
 * Sees whether a key works: by the cheapest documented call, or else by one detection of `pattern`,
 * a picture that we drew and that shows nothing of anybody. So it needs no agreement to uploads,
 * but it is run only when the person asks for it, knowing that it costs a request.
 * @param pattern a small image in a format that the provider takes
 * @throws CheckError as `askProvider` does
 */
export async function testKey(id: ProviderId, pattern: Uint8Array, signal: AbortSignal): Promise<KeyTest> {
  const { provider, config } = await callable(id);
  const began = performance.now();
  await inTurn(provider, config, signal, async () => {
    if (provider.testKey !== null) return provider.testKey(config, signal);
    const sha256 = await sha256Hex(new Uint8Array(pattern));
    await provider.detect({ bytes: pattern, mime: 'image/png', sha256, url: null }, config, signal);
  });
  // It was just served: whatever limit was remembered is over.
  await saveBlock(id, null);
  return { ms: performance.now() - began };
}

/**
 * Asks a provider's usage endpoint, where it documents one that costs nothing; without one, answers
 * what headers and replies have told so far.
 * @throws CheckError as `askProvider` does
 */
export async function refreshUsage(id: ProviderId, signal: AbortSignal): Promise<UsageSnapshot> {
  const { provider, config } = await callable(id);
  const { usage } = provider;
  if (usage !== null) {
    const told = await inTurn(provider, config, signal, () => usage(config, signal));
    await saveUsage(id, told);
    if (told.windows.every(({ left }) => left === null || left > 0)) await saveBlock(id, null);
  }
  return usageOf(id);
}

/** A provider that may be talked to, on a line that asks also at a limit. @throws CheckError `permission-denied` */
async function callable(id: ProviderId): Promise<{ provider: ProviderDefinition; config: ProviderConfig }> {
  const config = await providerConfig(id);
  const provider = definitionFor(id, config);
  const origins = config === null ? [] : [originPattern(config.baseUrl)];
  if (config === null || config.locked || !(await chrome.permissions.contains({ origins }))) {
    throw new CheckError({ code: 'permission-denied', args: [provider.name] });
  }
  return { provider, config: { ...config, line: createLine(provider, config, { despiteLimits: true }) } };
}
