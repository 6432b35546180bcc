import type { Verdict } from '../forensics/report';
import { formatNumber, formatPercent, wholePercent } from './format';
import { VerdictIcon } from './icons';
import { agreementOf, sideOf } from './opinion';
import { MiniBand } from './ProbabilityBand';
import { tame } from './sentence';
import { t } from './text';
import { verdictShort } from './verdict';

/** One answer about the image. */
export interface Opinion {
  readonly id: string;
  /** Who answered: our own name or the provider's. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly probability: number;
  /** Half-width of the band. */
  readonly width: number;
  /** The provider's word, score and scale as sent; null for our own check. */
  readonly own: { readonly verdict: string; readonly score: number | null; readonly scale: string } | null;
  /** Whether the page shows this answer in full now. */
  readonly shown: boolean;
}

/** An answer that is not there: still asked for, or refused. */
export interface MissingOpinion {
  readonly id: string;
  readonly name: string;
  /** What it waits for, or why it failed. */
  readonly words: string;
  readonly action: { readonly words: string; readonly run: () => void } | null;
}

interface OpinionsProps {
  readonly opinions: readonly Opinion[];
  readonly missing: readonly MissingOpinion[];
  readonly onOpen: (id: string) => void;
}

/** Every answer about one image side by side on the same scale; what contradicts is said, never averaged. */
export function Opinions({ opinions, missing, onOpen }: OpinionsProps) {
  return (
    <section class="opinions stack" aria-labelledby="opinions-title">
      <h3 id="opinions-title">{t('opinion.title')}</h3>
      <p class="opinions-standing" role="status" data-standing={standingOf(opinions)}>
        {standingWords(opinions)}
      </p>
      <ul>
        {opinions.map((opinion) => (
          <li key={opinion.id} class="opinion" data-verdict={opinion.verdict}>
            <span class="opinion-name">{opinion.name}</span>
            <span class="opinion-verdict">
              <VerdictIcon verdict={opinion.verdict} size={14} />
              {verdictShort(opinion.verdict)}
            </span>
            <span class="opinion-scale">
              <MiniBand probability={opinion.probability} width={opinion.width} />
              <span class="small figures">
                {t('opinion.likelihood', [formatPercent(wholePercent(opinion.probability))])}
              </span>
            </span>
            {opinion.shown ? (
              <span class="opinion-open small soft">{t('opinion.shown')}</span>
            ) : (
              <button
                type="button"
                class="link small opinion-open"
                aria-label={t('opinion.openOf', [opinion.name])}
                onClick={() => onOpen(opinion.id)}
              >
                {t('opinion.open')}
              </button>
            )}
            {opinion.own && <span class="opinion-own small soft">{ownWords(opinion.own)}</span>}
          </li>
        ))}
        {missing.map((one) => (
          <li key={one.id} class="opinion">
            <span class="opinion-name">{one.name}</span>
            {one.action && (
              <button
                type="button"
                class="link small opinion-open"
                aria-label={`${one.name}: ${one.action.words}`}
                onClick={one.action.run}
              >
                {one.action.words}
              </button>
            )}
            <span class="opinion-missing small soft">{one.words}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function standingOf(opinions: readonly Opinion[]): string | undefined {
  return opinions.length < 2 ? undefined : agreementOf(opinions.map(({ verdict }) => verdict));
}

function standingWords(opinions: readonly Opinion[]): string {
  if (opinions.length < 2) return t('opinion.single');
  switch (agreementOf(opinions.map(({ verdict }) => verdict))) {
    case 'disagree':
      return t('opinion.disagree', [namesOf(opinions, 'ai'), namesOf(opinions, 'real')]);
    case 'agree':
      return sideOf(opinions[0]?.verdict ?? 'inconclusive') === 'ai'
        ? t('opinion.agreeAi')
        : t('opinion.agreeReal');
    case 'partly':
      return t('opinion.partly', [namesOf(opinions, 'undecided')]);
    case 'undecided':
      return t('opinion.undecided');
  }
}

function namesOf(opinions: readonly Opinion[], side: 'ai' | 'real' | 'undecided'): string {
  const names = opinions.filter(({ verdict }) => sideOf(verdict) === side).map(({ name }) => name);
  return new Intl.ListFormat().format(names);
}

/** "AI-Generated", 0.94 (0–1): a stranger's word, as sent. */
export function ownWords({ verdict, score, scale }: NonNullable<Opinion['own']>): string {
  if (score === null) return t('opinion.ownWord', [tame(verdict)]);
  return t('opinion.own', [tame(verdict), formatNumber(score), tame(scale)]);
}
