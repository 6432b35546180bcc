import type { EvidenceMark, Region } from '../../forensics/report';
import { formatNumber } from '../format';
import { t, words } from '../text';

/** Buttons that enlarge each outlined part, strongest first. */
export function PartList({
  regions,
  onFrame,
}: {
  regions: readonly Region[];
  onFrame: (region: Region) => void;
}) {
  return (
    <div class="evidence-parts">
      <h2>{t('report.viewer.parts')}</h2>
      <p class="small soft">{t('report.viewer.partsHint')}</p>
      <ul class="row">
        {regions.map((region, index) => (
          <li key={`${region.x} ${region.y} ${region.width} ${region.height}`}>
            <button type="button" onClick={() => onFrame(region)}>
              {t('report.viewer.part', [formatNumber(index + 1)])}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the drawn lines are, in words: an arrow says nothing to who cannot see it. */
export function LineList({
  marks,
  heading: Heading = 'h2',
}: {
  marks: readonly EvidenceMark[];
  heading?: 'h2' | 'h4';
}) {
  const labels = [...new Set(marks.map((mark) => words(mark.label)))];
  return (
    <div class="evidence-parts">
      <Heading>{t('report.viewer.marks')}</Heading>
      <ul class="small">
        {labels.map((label) => (
          <li key={label}>{label}</li>
        ))}
      </ul>
    </div>
  );
}
