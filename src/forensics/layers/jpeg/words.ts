import type { ForensicImage } from '../../image';
import { subsampling } from '../../jpeg/frame';
import type { Explanation, Fact } from '../../report';
import { message, type Text } from '../../text';
import type { JpegFindings } from './findings';

/** For the words alone: a second set of block borders this much above the quiet phases is mentioned. */
const OTHER_GRID_SEEN = 1.12;

export function label({ history, encoder, thumbnailDiffers }: JpegFindings): Text {
  if (thumbnailDiffers) return message('layers.jpeg.label.thumbnail');
  if (history.double && encoder) {
    return message('layers.jpeg.label.twice', encoder.luma.quality, history.double.quality);
  }
  if (history.double) return message('layers.jpeg.label.formerly', history.double.quality);
  if (encoder) return message('layers.jpeg.label.once', encoder.luma.quality);
  return message('layers.jpeg.label.none');
}

export function explain(image: ForensicImage, findings: JpegFindings): Explanation {
  const { history, encoder, grid, shifted, thumbnail, thumbnailDiffers } = findings;
  const seen: Text[] = [];
  const means: Text[] = [];
  const otherwise: Text[] = [];
  if (encoder) {
    seen.push(family(findings));
    if (history.double) {
      seen.push(
        message(
          'layers.jpeg.seen.twice',
          history.double.quality,
          history.double.steps.slice(0, 3).join(', '),
        ),
      );
      means.push(message('layers.jpeg.means.twice'));
      otherwise.push(message('layers.jpeg.otherwise.twice'));
    } else {
      seen.push(message(history.estimate ? 'layers.jpeg.seen.once' : 'layers.jpeg.seen.unreadable'));
      means.push(message('layers.jpeg.means.once'));
    }
  } else if (history.double) {
    seen.push(message('layers.jpeg.seen.formerly', image.format.toUpperCase(), history.double.quality));
    means.push(message('layers.jpeg.means.formerly'));
  } else {
    seen.push(message('layers.jpeg.seen.never', image.format.toUpperCase()));
    means.push(message('layers.jpeg.means.never'));
  }
  if (shifted) {
    const { x, y, step, quality } = shifted;
    seen.push(message('layers.jpeg.seen.shifted', x, y, step, quality));
    means.push(message('layers.jpeg.means.shifted'));
    otherwise.push(message('layers.jpeg.otherwise.shifted'));
  } else if (grid.otherStrength >= OTHER_GRID_SEEN) {
    seen.push(
      message('layers.jpeg.seen.otherGrid', grid.otherX, grid.otherY, percent(grid.otherStrength - 1)),
    );
    otherwise.push(message('layers.jpeg.otherwise.otherGrid'));
  }
  if (thumbnail) {
    const key = thumbnailDiffers ? 'layers.jpeg.seen.thumbnailDiffers' : 'layers.jpeg.seen.thumbnailFits';
    seen.push(message(key, round(thumbnail.correlation, 2)));
    if (thumbnailDiffers) {
      means.push(message('layers.jpeg.means.thumbnail'));
      otherwise.push(message('layers.jpeg.otherwise.thumbnail'));
    }
  }
  otherwise.push(message('layers.jpeg.otherwise.origin'));
  return { seen, means, otherwise };
}

/** Who writes such files, with the nearest quality of the common scale. */
function family({ encoder }: JpegFindings): Text {
  if (!encoder) return message('layers.jpeg.label.none');
  const { luma } = encoder;
  switch (encoder.family) {
    case 'ijg':
      return message('layers.jpeg.seen.ijg', luma.quality);
    case 'mozjpeg':
      return message('layers.jpeg.seen.mozjpeg', encoder.ownQuality ?? luma.quality);
    case 'adobe':
      return encoder.ownQuality === null
        ? message('layers.jpeg.seen.adobe', luma.quality)
        : message('layers.jpeg.seen.adobeQuality', encoder.ownQuality, encoder.ownMost ?? 12, luma.quality);
    case 'camera':
      return message('layers.jpeg.seen.camera', encoder.make ?? '', luma.quality);
    case 'own':
      return message('layers.jpeg.seen.own', luma.quality);
  }
}

export function listFacts({ history, encoder, grid, shifted, thumbnail }: JpegFindings): readonly Fact[] {
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.jpeg.fact.${key}.name`),
    value: message(`layers.jpeg.fact.${key}.value`, ...args),
  });
  const { frame, estimate, double } = history;
  const facts: Fact[] = [];
  if (frame) {
    facts.push(fact(frame.process === 2 ? 'progressive' : frame.process > 2 ? 'other' : 'sequential'));
    const chroma = subsampling(frame);
    if (chroma) facts.push(fact('chroma', chroma));
  }
  if (encoder) {
    facts.push(
      encoder.chroma
        ? fact('quality', encoder.luma.quality, encoder.chroma.quality)
        : fact('greyQuality', encoder.luma.quality),
    );
  }
  if (estimate) facts.push(fact('gain', round(1000 * estimate.gain, 1)));
  if (double) facts.push(fact('first', double.quality));
  facts.push(fact('grid', round(grid.strength, 2)));
  if (shifted) facts.push(fact('shifted', shifted.x, shifted.y, shifted.step, round(shifted.peak, 1)));
  if (thumbnail) facts.push(fact('thumbnail', round(thumbnail.correlation, 2)));
  return facts;
}

function percent(share: number): number {
  return Math.round(100 * share);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
