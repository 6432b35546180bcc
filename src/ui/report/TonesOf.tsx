import { useEffect, useState } from 'preact/hooks';
import type { EvidencePlot } from '../../forensics/report';
import { message } from '../../forensics/text';
import { t } from '../text';
import { Plot } from './Plot';
import { countTones, cumulated, noTones, shares, type Tones } from './tones';

/** Rows read at once: a strip of a 12-megapixel picture is 8 MB. */
const STRIP = 512;

/** In the order of the series: brightness, red, green, blue; told apart on light and on dark paper. */
export const TONE_COLOURS = ['#7d8187', '#d0463f', '#2f9a5b', '#3f7fd0'];

/** Histogram and tone curve of the picture, counted from all its pixels when the page shows it. */
export function TonesOf({ picture, isPreview }: { picture: Blob | null; isPreview: boolean }) {
  const [plots, setPlots] = useState<readonly EvidencePlot[] | 'unreadable'>([]);
  useEffect(() => {
    if (!picture) return;
    const abort = new AbortController();
    tonesOf(picture, abort.signal).then(
      (tones) => setPlots(tonePlots(tones)),
      () => {
        if (!abort.signal.aborted) setPlots('unreadable');
      },
    );
    return () => abort.abort();
  }, [picture]);
  if (!picture || plots === 'unreadable') return <p class="note">{t('report.plots.unreadable')}</p>;
  return (
    <>
      {isPreview && <p class="note">{t('report.tones.preview')}</p>}
      {plots.map((plot, index) => (
        <Plot key={index} plot={plot} colours={TONE_COLOURS} />
      ))}
    </>
  );
}

/** Counts every pixel, strip by strip, leaving the page free between them. */
export async function tonesOf(picture: Blob, signal: AbortSignal): Promise<Tones> {
  const bitmap = await createImageBitmap(picture);
  try {
    const { width, height } = bitmap;
    const canvas = new OffscreenCanvas(width, Math.min(STRIP, height));
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no canvas');
    const tones = noTones();
    for (let top = 0; top < height; top += STRIP) {
      signal.throwIfAborted();
      const rows = Math.min(STRIP, height - top);
      context.clearRect(0, 0, width, STRIP);
      context.drawImage(bitmap, 0, -top);
      countTones(context.getImageData(0, 0, width, rows).data, tones);
      await new Promise((done) => setTimeout(done));
    }
    return tones;
  } finally {
    bitmap.close();
  }
}

export function tonePlots({ luma, red, green, blue }: Tones): EvidencePlot[] {
  const steps = Array.from({ length: 256 }, (_, step) => step);
  const x = { label: message('report.tones.brightness'), values: steps };
  const names = [
    [message('report.tones.luma'), luma],
    [message('report.tones.red'), red],
    [message('report.tones.green'), green],
    [message('report.tones.blue'), blue],
  ] as const;
  return [
    {
      title: message('report.tones.histogram'),
      x,
      y: { label: message('report.tones.share') },
      series: names.map(([label, counts], index) => ({
        label,
        kind: index === 0 ? ('bars' as const) : ('line' as const),
        values: shares(counts),
      })),
    },
    {
      title: message('report.tones.curve'),
      x,
      y: { label: message('report.tones.share') },
      series: names.map(([label, counts]) => ({ label, kind: 'line' as const, values: cumulated(counts) })),
    },
  ];
}
