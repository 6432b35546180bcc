import type { Encoder } from '../../jpeg/encoder';
import type { BlockGrid } from '../../jpeg/grid';
import type { CompressionHistory } from '../../jpeg/history';
import type { ShiftedCompression } from '../../jpeg/shifted';
import type { ThumbnailMatch } from '../../jpeg/thumbnail';

/** Everything that the layer found. */
export interface JpegFindings {
  readonly history: CompressionHistory;
  readonly grid: BlockGrid;
  /** An earlier compression on another grid; null where none is seen. */
  readonly shifted: ShiftedCompression | null;
  readonly encoder: Encoder | null;
  readonly thumbnail: ThumbnailMatch | null;
  readonly thumbnailDiffers: boolean;
}
