import { getProvider, PROVIDERS } from '../../src/remote';

/** The provider's own name; an id that no definition knows (of a later version) stands for itself. */
export function providerName(id: string): string {
  return PROVIDERS.some((provider) => provider.id === id) ? getProvider(id).name : id;
}
