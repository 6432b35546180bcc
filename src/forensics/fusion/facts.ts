import type { AcquiredBy, ImageFacts } from '../report';

/** What fusion must know of the image besides its layers. */
export interface FusionFacts extends Pick<ImageFacts, 'width' | 'height' | 'bytes' | 'format'> {
  readonly how: AcquiredBy;
}
