import { fauxlens } from './providers/fauxlens';
import type { ProviderDefinition, ProviderId } from './types';

/** Every provider, in the order in which they are offered and, unless the person says otherwise, asked. */
export const PROVIDERS: readonly ProviderDefinition[] = [fauxlens];

/**
 * A provider by its id.
 * @throws RangeError for an id that no definition has
 */
export function getProvider(id: string): ProviderDefinition {
  const found = PROVIDERS.find((provider) => provider.id === id);
  if (found === undefined) throw new RangeError(`Expected a provider's id but received "${id}"`);
  return found;
}

export function isProviderId(value: string): value is ProviderId {
  return PROVIDERS.some((provider) => provider.id === value);
}
