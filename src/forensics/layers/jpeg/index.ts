import { readHeader } from '../../containers';
import type { Container } from '../../containers/container';
import type { ForensicImage } from '../../image';
import { type BlockSample, readBlocks } from '../../jpeg/blocks';
import { recogniseEncoder } from '../../jpeg/encoder';
import { measureGrid } from '../../jpeg/grid';
import { type CompressionHistory, compressionHistory } from '../../jpeg/history';
import { readOrientation } from '../../jpeg/orientation';
import { seenShift, strongestShift } from '../../jpeg/shifted';
import { shiftedMap } from '../../jpeg/shifted-map';
import {
  compareThumbnail,
  findThumbnail,
  MOST_THUMBNAIL_SIDE,
  type ThumbnailMatch,
} from '../../jpeg/thumbnail';
import type { JpegCodec, Layer } from '../../layer';
import type { LayerResult } from '../../report';
import { message } from '../../text';
import { unavailable } from '../../unavailable';
import type { JpegFindings } from './findings';
import { explain, label, listFacts } from './words';

/** Formats whose pixels an earlier JPEG compression survives: elsewhere the blocks are another codec's. */
const READABLE: readonly string[] = ['jpeg', 'png', 'bmp'];

/** Correlation below which the embedded thumbnail shows another picture (README.md: how often by chance). */
const THUMBNAIL_DIFFERS = 0.8;

/** The compression history: how the file was made, and what its pixels remember of an earlier one. */
export const jpeg: Layer = {
  id: 'jpeg',
  family: 'compression',
  needs: ['file', 'pixels'],
  shares: ['blocks'],
  async analyze(image, services, signal) {
    signal.throwIfAborted();
    if (!READABLE.includes(image.format)) {
      return unavailable(jpeg, message('layers.jpeg.unavailable.format', image.format.toUpperCase()));
    }
    const sample = await readBlocks(image, signal);
    if (!sample || sample.columns * sample.rows < LEAST_CELLS) {
      return unavailable(jpeg, message('layers.jpeg.unavailable.small'));
    }
    const container = image.format === 'jpeg' ? image.container() : null;
    const thumbnail = container ? await matchThumbnail(image, container, services.jpeg) : null;
    signal.throwIfAborted();
    return judge(image, sample, container, thumbnail);
  },
};

/** 4 x 4 cells of 16 px: 64 blocks, below which a histogram says nothing. */
const LEAST_CELLS = 16;

/** Null where the file has no thumbnail that could be compared; a broken one is no evidence. */
async function matchThumbnail(
  image: ForensicImage,
  container: Container,
  codec: JpegCodec,
): Promise<ThumbnailMatch | null> {
  const bytes = findThumbnail(container.exif);
  const header = bytes ? readHeader(bytes) : null;
  if (!bytes || !header || Math.max(header.width, header.height) > MOST_THUMBNAIL_SIDE) return null;
  try {
    return compareThumbnail(image, await codec.decode(bytes), readOrientation(container.exif));
  } catch {
    return null;
  }
}

function judge(
  image: ForensicImage,
  sample: BlockSample,
  container: Container | null,
  thumbnail: ThumbnailMatch | null,
): LayerResult {
  const history = compressionHistory(image, sample);
  const encoder = container && history.frame ? recogniseEncoder(container, history.frame) : null;
  const thumbnailDiffers = thumbnail !== null && thumbnail.correlation < THUMBNAIL_DIFFERS;
  const strongest = strongestShift(sample.firstCoefficients);
  const shifted = seenShift(strongest);
  const findings: JpegFindings = {
    history,
    grid: measureGrid(sample),
    shifted,
    encoder,
    thumbnail,
    thumbnailDiffers,
  };
  const { frame, estimate, double } = history;
  return {
    id: 'jpeg',
    family: 'compression',
    status: thumbnailDiffers ? 'warning' : 'clear',
    score: null,
    features: {
      isJpeg: frame ? 1 : 0,
      quality: encoder?.luma.quality ?? 100,
      tableDistance: encoder?.luma.distance ?? 0,
      progressive: frame?.process === 2 ? 1 : 0,
      chromaShare: chromaShare(history),
      doubleGain: estimate?.gain ?? 0,
      freeGain: estimate?.freeGain ?? 0,
      firstQuality: double?.quality ?? 100,
      gridStrength: findings.grid.strength,
      otherGridStrength: findings.grid.otherStrength,
      shiftedPeak: strongest?.peak ?? 0,
      shiftedSeen: shifted ? 1 : 0,
      thumbnailMismatch: thumbnail ? 1 - thumbnail.correlation : 0,
    },
    label: label(findings),
    explanation: explain(image, findings),
    facts: listFacts(findings),
    ...(shifted ? { map: shiftedMap(image, sample, shifted) } : {}),
  };
}

/** Samples of one chroma plane over those of luma: 1 where nothing is halved, 0.25 for 4:2:0. */
function chromaShare({ frame }: CompressionHistory): number {
  const [luma, chroma] = frame?.components ?? [];
  if (!luma || !chroma) return 1;
  return (chroma.across * chroma.down) / (luma.across * luma.down);
}
