import { CheckError } from '../failures';
import { sha256Hex } from '../forensics/hash';
import { originPattern } from './address';
import { providerConfig } from './config';
import { getProvider } from './registry';
import type { ProviderId } from './types';

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
  const provider = getProvider(id);
  const config = await providerConfig(id);
  const origins = config === null ? [] : [originPattern(config.baseUrl)];
  if (config === null || !(await chrome.permissions.contains({ origins }))) {
    throw new CheckError({ code: 'permission-denied', args: [provider.name] });
  }
  const began = performance.now();
  if (provider.testKey === null) {
    const sha256 = await sha256Hex(new Uint8Array(pattern));
    await provider.detect({ bytes: pattern, mime: 'image/png', sha256, url: null }, config, signal);
  } else {
    await provider.testKey(config, signal);
  }
  return { ms: performance.now() - began };
}
