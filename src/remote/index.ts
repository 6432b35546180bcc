/** The room's door: what checks and pages use. How it works inside: README.md. */
export { isPublicHttps, originPattern, parseBaseUrl } from './address';
export { askProvider, type Choice, chooseProvider, type Readiness, type RemoteImage, readiness } from './ask';
export {
  ConfigError,
  type ConfigProblem,
  type Consent,
  checkProvider,
  configuredProviders,
  consentFor,
  maskKey,
  providerConfig,
  providerOrder,
  removeProvider,
  restrictStorage,
  saveProvider,
  setConsent,
  setProviderOrder,
  watchProviders,
} from './config';
export { type ConsentFacts, consentFacts, consentScope } from './consent';
export { getProvider, isProviderId, PROVIDERS } from './registry';
export { type KeyTest, testKey } from './test-key';
export type {
  ProviderConfig,
  ProviderDefinition,
  ProviderId,
  RemoteRequest,
  RemoteResult,
  Sends,
  StoredProvider,
} from './types';
