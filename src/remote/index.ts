/** The room's door: what checks and pages use. How it works inside: README.md. */
export { isPublicHttps, originPattern, parseBaseUrl } from './address';
export {
  type AskOptions,
  askProvider,
  type Choice,
  type ChoiceOptions,
  chooseProvider,
  type Readiness,
  type RemoteImage,
  readiness,
  standing,
} from './ask';
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
export {
  fetchMediaJob,
  followMedia,
  listMediaJobs,
  MaybeSentError,
  type MediaHost,
  mediaHosts,
  mediaKindOf,
  mediaTypes,
  type SendMedia,
  sendMedia,
  takesMedia,
} from './media';
export { mediaConsentFacts, mediaScope } from './media-consent';
export {
  clearMedia,
  type MediaUpload,
  mediaReceipts,
  mediaUploads,
  removeMedia,
  watchMedia,
} from './media-uploads';
export { definitionFor, getProvider, isProviderId, isShapeId, PROVIDERS, SHAPES } from './registry';
export {
  SHORTEST_PASSPHRASE,
  VaultError,
  type VaultProblem,
  type VaultStatus,
  vaultStatus,
  watchVault,
} from './seal';
export { type KeyTest, refreshUsage, testKey } from './test-key';
export type {
  Band,
  ConsentMode,
  KeyKind,
  MediaAnswer,
  MediaFilter,
  MediaJob,
  MediaKind,
  MediaRequest,
  MediaService,
  OwnWords,
  Pace,
  ProviderConfig,
  ProviderDefinition,
  ProviderId,
  ProviderOption,
  RemoteRequest,
  RemoteResult,
  Sends,
  ShapeId,
  StoredProvider,
} from './types';
export {
  exhaustedUntil,
  type UsageReport,
  type UsageSnapshot,
  type UsageWindow,
  usageOf,
} from './usage';
export { abandonVault, changePassphrase, lockVault, removeVault, setUpVault, unlockVault } from './vault';
