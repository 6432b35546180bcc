export { type FusionConfig, parseFusionConfig } from './config';
export type { FusionFacts } from './facts';
export { type Fused, fuse } from './fuse';
