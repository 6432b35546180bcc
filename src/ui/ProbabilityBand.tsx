import { grains } from './stipple';
import { t } from './text';
import { scaleSummary } from './verdict';

const WIDTH = 340;
const LEFT = 6;
const SPAN = WIDTH - 2 * LEFT;
const TOP = 8;
const HEIGHT = 22;
const GRAINS = grains(90);
/** A band is drawn at least this wide (in probability), so that its grain can be seen. */
const LEAST_WIDTH = 0.04;

/** Probability as a band of grain on a scale from "not AI" to "made by AI"; its width is the uncertainty. */
export function ProbabilityBand({ probability, width }: { probability: number; width: number }) {
  const low = Math.max(0, probability - Math.max(width, LEAST_WIDTH / 2));
  const high = Math.min(1, probability + Math.max(width, LEAST_WIDTH / 2));
  const at = (value: number) => LEFT + value * SPAN;
  const bandWidth = at(high) - at(low);
  return (
    <figure class="band" role="img" aria-label={scaleSummary(probability, width, true)}>
      <svg viewBox={`0 0 ${WIDTH} 40`} aria-hidden="true" focusable="false">
        <line class="band-axis" x1={LEFT} x2={WIDTH - LEFT} y1={TOP + HEIGHT} y2={TOP + HEIGHT} />
        {[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((tick) => (
          <line
            key={tick}
            class="band-axis"
            x1={at(tick)}
            x2={at(tick)}
            y1={TOP + HEIGHT}
            y2={TOP + HEIGHT + (tick === 0 || tick === 0.5 || tick === 1 ? 7 : 4)}
          />
        ))}
        <rect class="band-field" x={at(low)} y={TOP} width={bandWidth} height={HEIGHT} rx="2" />
        <g class="band-grain">
          {GRAINS.map((grain) => (
            <circle
              key={`${grain.x} ${grain.y}`}
              cx={at(low) + 1.5 + grain.x * Math.max(0, bandWidth - 3)}
              cy={TOP + 2 + grain.y * (HEIGHT - 4)}
              r={grain.r}
            />
          ))}
        </g>
        <line class="band-point" x1={at(probability)} x2={at(probability)} y1={TOP - 6} y2={TOP + HEIGHT} />
        <path class="band-point-head" d={`M${at(probability) - 4} ${TOP - 8}h8l-4 6Z`} />
      </svg>
      <div class="band-ends" aria-hidden="true">
        <span>{t('verdict.scale.low')}</span>
        <span>{t('verdict.scale.middle')}</span>
        <span>{t('verdict.scale.high')}</span>
      </div>
    </figure>
  );
}

/** The same scale in one line of a table; the figures stand beside it. */
export function MiniBand({ probability, width }: { probability: number; width: number }) {
  const low = Math.max(0, probability - width);
  const high = Math.min(1, probability + width);
  return (
    <svg class="mini-band" width="88" height="14" viewBox="0 0 88 14" aria-hidden="true" focusable="false">
      <line class="band-axis" x1="2" x2="86" y1="12.5" y2="12.5" />
      <rect
        class="band-field"
        x={2 + low * 84}
        y="2.5"
        width={Math.max(2, (high - low) * 84)}
        height="8"
        rx="1"
      />
      <line class="band-point" x1={2 + probability * 84} x2={2 + probability * 84} y1="0" y2="12.5" />
    </svg>
  );
}
