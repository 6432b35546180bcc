export { type FusionConfig, parseFusionConfig } from './config';
export { type Fused, type FusionFacts, fuse } from './fuse';
