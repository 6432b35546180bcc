import { askProvider, chooseProvider, PROVIDERS, readiness, setConsent } from '../remote';
import type { RemotePort } from './ports';

/** The providers as a check meets them. */
export const providers: RemotePort = {
  choose: () => chooseProvider(),
  standing: async (id) => (await readiness(id)).state,
  ask: askProvider,
  setConsent,
  provider: (id) => PROVIDERS.find((provider) => provider.id === id) ?? null,
};
