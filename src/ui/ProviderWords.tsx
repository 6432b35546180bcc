import type { Band, OwnWords } from '../remote/types';
import { FactRows } from './FactRows';
import { formatNumber } from './format';
import { Glyph } from './icons';
import { ownWords } from './Opinions';
import { tame } from './sentence';
import { say, t } from './text';
import { verdictShort } from './verdict';

interface ProviderWordsProps {
  /** The provider's own name. */
  readonly name: string;
  readonly own: OwnWords;
  /** The provider's own scale, from "made by AI" down. */
  readonly bands: readonly Band[];
  /** i18n key of how its scores are read in our terms. */
  readonly scaleKey: string;
  /** False where it says that it judged another file than ours; null where it did not say. */
  readonly hashMatches: boolean | null;
}

/** What a provider said in its own terms, and how its scale is read. */
export function ProviderWords({ name, own, bands, scaleKey, hashMatches }: ProviderWordsProps) {
  return (
    <section class="provider-words stack" aria-labelledby="provider-words">
      <h3 id="provider-words">{t('opinion.words.title', [name])}</h3>
      {own.test && <p class="note">{t('opinion.words.test', [name])}</p>}
      {hashMatches === false && <p class="note">{t('opinion.words.otherFile', [name])}</p>}
      <p>{ownWords(own)}</p>
      {own.more && own.more.length > 0 && <FactRows rows={own.more} />}
      <details class="choice">
        <summary>
          <Glyph name="chevron" size={12} />
          {t('opinion.words.scale')}
        </summary>
        <div class="stack small">
          <p>{say(scaleKey)}</p>
          {bands.length > 0 && <Bands bands={bands} own={own} />}
        </div>
      </details>
    </section>
  );
}

/** The provider's bands, each with its word, what the provider means by it, and our reading. */
export function Bands({ bands, own }: { bands: readonly Band[]; own: OwnWords | null }) {
  return (
    <ul class="bands">
      {bands.map((band) => (
        <li
          key={`${band.id} ${band.from}`}
          data-verdict={band.verdict}
          aria-current={band.id === own?.band ? 'true' : undefined}
        >
          <span class="figures">{range(band)}</span>
          {band.word !== null && <strong>{tame(band.word)}</strong>}
          {band.id === own?.band && <span class="here">{t('opinion.words.here')}</span>}
          <span class="soft">{say(band.meaningKey)}</span>
          <span>{t('opinion.words.reading', [verdictShort(band.verdict)])}</span>
        </li>
      ))}
    </ul>
  );
}

function range({ from, to }: Band): string {
  return t('opinion.words.range', [formatNumber(from), formatNumber(to)]);
}
