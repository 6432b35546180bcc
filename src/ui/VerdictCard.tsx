import type { ComponentChildren } from 'preact';
import type { Report } from '../forensics/report';
import { isOriginalFile } from '../forensics/report';
import { EvidenceImage } from './EvidenceImage';
import { formatBytes, formatDuration, formatMoment, formatPercent, wholePercent } from './format';
import { Glyph, VerdictIcon } from './icons';
import { LayerList } from './LayerList';
import { ProbabilityBand } from './ProbabilityBand';
import { tame } from './sentence';
import { t, words } from './text';
import {
  howWords,
  limitsOf,
  ranWords,
  scaleSummary,
  uncertaintyWords,
  verdictSentence,
  verdictWord,
  widthWords,
} from './verdict';

/** What the card shows: a report, or one still without an id (a file of the batch page). */
export type ShownReport = Omit<Report, 'id'>;

interface VerdictCardProps {
  readonly report: ShownReport;
  /** Address of the picture or its thumbnail. */
  readonly src: string | null;
  /** The provider's own name; only used for remote reports. */
  readonly providerName?: string;
  /** Level of the heading that carries the verdict. */
  readonly heading?: 'h2' | 'h3';
  /** Shown between the verdict and the layers: access, second opinion. */
  readonly children?: ComponentChildren;
}

/** One finished check: verdict in words, band, reasons for doubt, layers, and what it cannot tell. */
export function VerdictCard({ report, src, providerName, heading = 'h2', children }: VerdictCardProps) {
  const provider = providerName ?? report.engine;
  const Heading = heading;
  return (
    <article class="verdict" data-verdict={report.verdict}>
      <div class="verdict-top">
        <EvidenceImage
          src={src}
          map={null}
          strength={0}
          regions={report.manipulation.regions}
          imageWidth={report.image.width}
          imageHeight={report.image.height}
        />
        <div class="verdict-words">
          <Heading class="verdict-word" tabIndex={-1} data-verdict-word>
            <VerdictIcon verdict={report.verdict} />
            <span>{verdictWord(report.verdict)}</span>
          </Heading>
          <p>{verdictSentence(report.verdict, report.probability)}</p>
          {!isOriginalFile(report.source.how) && (
            <p class="lost-mark" title={t('verdict.how.lostWhy')}>
              <Glyph name="unlinked" size={14} />
              {t('verdict.how.lost')}
            </p>
          )}
        </div>
      </div>
      <Because report={report} />
      <Manipulation report={report} />
      <section class="verdict-scale" aria-label={t('verdict.scale.title')}>
        <h3>{t('verdict.scale.title')}</h3>
        <ProbabilityBand probability={report.probability} width={report.uncertainty.width} />
        <p class="figures small">{scaleSummary(report.probability, report.uncertainty.width)}</p>
        <Doubts report={report} />
      </section>
      <SuspectedGenerator report={report} />
      {children}
      <LayerList
        layers={report.layers}
        image={{ src, width: report.image.width, height: report.image.height }}
      />
      <RanFacts report={report} provider={provider} />
      <Limits limits={limitsOf(report, provider)} />
    </article>
  );
}

export function SuspectedGenerator({ report }: { report: ShownReport }) {
  if (!report.generator) return null;
  const { name, confidence } = report.generator;
  return (
    <p class="verdict-generator">
      <span class="soft">{t('verdict.generator.title')}</span>{' '}
      <strong>
        <bdi>{t('verdict.generator.value', [tame(name), formatPercent(wholePercent(confidence))])}</bdi>
      </strong>
    </p>
  );
}

/** Why this verdict: what decided it, or what was missing. */
export function Because({ report }: { report: ShownReport }) {
  if (!report.because?.length) return null;
  return (
    <ul class="because small" aria-label={t('verdict.because')}>
      {report.because.map((reason, index) => (
        <li key={index}>{words(reason)}</li>
      ))}
    </ul>
  );
}

export function Manipulation({ report }: { report: ShownReport }) {
  const { state, regions, because = [] } = report.manipulation;
  const grounds = because.map((reason) => words(reason)).join(' ');
  if (state !== 'possible' && state !== 'likely') {
    return grounds ? <p class="small soft">{grounds}</p> : null;
  }
  return (
    <p class="note">
      {state === 'likely' ? t('verdict.altered.likely') : t('verdict.altered.possible')} {grounds}{' '}
      {regions.length > 0 && t('verdict.altered.regions')}
    </p>
  );
}

export function Doubts({ report }: { report: ShownReport }) {
  return (
    <div class="doubts">
      <p class="small">{widthWords(report.uncertainty.width)}</p>
      {report.uncertainty.reasons.length > 0 && (
        <>
          <h4 class="visually-hidden">{t('verdict.why.title')}</h4>
          <ul class="small">
            {report.uncertainty.reasons.map((reason) => (
              <li key={reason}>{uncertaintyWords(reason)}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Where and how the check ran, in words. */
export function ranRows(report: ShownReport, provider: string): [string, string][] {
  const { image, timings } = report;
  const rows: [string, string][] = [
    [t('verdict.ran.title'), ranWords(report, report.engine, provider)],
    [t('verdict.ran.took'), formatDuration(timings.total)],
    [t('verdict.how.title'), howWords(report.source.how)],
    [
      t('verdict.ran.image'),
      t('verdict.ran.imageValue', [
        image.format.toUpperCase(),
        String(image.width),
        String(image.height),
        formatBytes(image.bytes),
      ]),
    ],
    [t('verdict.ran.checked'), formatMoment(report.checkedAt, Date.now())],
  ];
  if (report.modelVersion) rows.push([t('verdict.ran.model'), report.modelVersion]);
  rows.push([t('verdict.ran.hash'), image.sha256]);
  return rows;
}

export function RanFacts({ report, provider }: { report: ShownReport; provider: string }) {
  return (
    <dl class="ran">
      {ranRows(report, provider).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{tame(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Limits({ limits }: { limits: readonly string[] }) {
  return (
    <details class="limits" open>
      <summary>
        <Glyph name="chevron" size={12} />
        {t('verdict.cannot.title')}
      </summary>
      <ul>
        {limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </details>
  );
}
