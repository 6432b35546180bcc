import type { PixelSource } from '../../image';
import type { Region } from '../../report';
import { BING_REGION, findBingMark } from './bing';
import { colourBarRegion, hasColourBar } from './colour-bar';
import { findSparkle } from './sparkle';

/** A visible mark, as a hint: anyone can draw one. */
export interface VisibleMark {
  readonly id: 'colourBar' | 'sparkle' | 'bing';
  /** Where it stands, `score` its fit. */
  readonly region: Region;
}

/**
 * Fit from which a mark counts as seen. No real picture came near (README.md): the largest star among them had
 * a correlation of 0.795, and 0.03 of its points.
 */
const SPARKLE_FITS = 0.8;
const SPARKLE_QUARTER_FITS = 0.55;
const SPARKLE_POINTS_FIT = 0.22;
/** Levels: a paler star is lost in compression's own patterns. */
const SPARKLE_CONTRAST = 4;
const BING_STRIP_FITS = 0.6;
const BING_LETTER_FITS = 0.3;

/** Visible marks of generators in the picture's corners. */
export function findVisibleMarks(pixels: PixelSource): readonly VisibleMark[] {
  const marks: VisibleMark[] = [];
  if (hasColourBar(pixels)) marks.push({ id: 'colourBar', region: colourBarRegion(pixels) });
  const star = findSparkle(pixels);
  if (
    star &&
    star.correlation >= SPARKLE_FITS &&
    star.weakest >= SPARKLE_QUARTER_FITS &&
    star.points >= SPARKLE_POINTS_FIT &&
    star.contrast >= SPARKLE_CONTRAST
  ) {
    const { x, y, width, correlation } = star;
    marks.push({ id: 'sparkle', region: square(x - width / 2, y - width / 2, width, width, correlation) });
  }
  const bing = findBingMark(pixels);
  if (bing && bing.strip >= BING_STRIP_FITS && bing.letter >= BING_LETTER_FITS) {
    const unit = pixels.width / 1024;
    const high = BING_REGION.height * unit;
    marks.push({
      id: 'bing',
      region: square(
        0,
        pixels.height - high,
        BING_REGION.width * unit,
        high,
        Math.min(bing.strip, bing.letter),
      ),
    });
  }
  return marks;
}

function square(x: number, y: number, width: number, height: number, score: number): Region {
  return {
    x: Math.floor(x),
    y: Math.floor(y),
    width: Math.round(width),
    height: Math.round(height),
    score,
  };
}
