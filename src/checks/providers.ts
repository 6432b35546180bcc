import {
  askProvider,
  chooseProvider,
  definitionFor,
  PROVIDERS,
  providerConfig,
  setConsent,
  standing,
} from '../remote';
import type { RemotePort } from './ports';

/** The providers as a check meets them. */
export const providers: RemotePort = {
  choose: chooseProvider,
  standing,
  ask: askProvider,
  async repeatsAreFree(id) {
    const config = await providerConfig(id);
    return config !== null && !config.locked && definitionFor(id, config).repeatsAreFree(config);
  },
  setConsent,
  provider: (id) => PROVIDERS.find((provider) => provider.id === id) ?? null,
};
