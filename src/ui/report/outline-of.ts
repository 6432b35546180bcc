import type { EvidenceTree, LayerResult } from '../../forensics/report';
import { formatPercent, wholePercent } from '../format';
import { tame } from '../sentence';
import { t, words } from '../text';
import { ranRows, type ShownReport } from '../VerdictCard';
import {
  layerLooksAt,
  layerName,
  limitsOf,
  scaleSummary,
  statusWord,
  uncertaintyWords,
  verdictSentence,
  verdictWord,
  weightWords,
  widthWords,
} from '../verdict';
import { addendName, points, readsAs, restName } from './Contributions';
import type { Answer, Finding, Outline, OutlineSum, TreeWords } from './outline';
import { sumOf, weighty } from './sum';

interface OutlineParts {
  readonly report: ShownReport;
  /** Where the image was met, or the file's name. */
  readonly where: string | null;
  /** The provider's own name; only used for remote reports. */
  readonly provider: string;
  readonly answers: readonly Answer[];
}

/** The report in the reader's words, for everything that leaves the page. */
export function outlineOf({ report, where, provider, answers }: OutlineParts): Outline {
  const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' });
  return {
    language: chrome.i18n.getUILanguage(),
    titles: {
      picture: t('report.picture.title'),
      scale: t('verdict.scale.title'),
      sum: t('report.sum.title'),
      evidence: t('report.findings.title'),
      seen: t('verdict.evidence.seen'),
      means: t('verdict.evidence.means'),
      otherwise: t('verdict.evidence.otherwise'),
      facts: t('verdict.evidence.facts'),
      answers: t('report.answers.title'),
      ran: t('verdict.ran.title'),
      limits: t('verdict.cannot.title'),
      overlay: t('report.viewer.overlay'),
    },
    heading: t('report.pageTitle'),
    where: where === null ? null : tame(where),
    verdict: {
      id: report.verdict,
      word: verdictWord(report.verdict),
      sentence: verdictSentence(report.verdict, report.probability),
      notes: notesOf(report),
    },
    scale: {
      summary: scaleSummary(report.probability, report.uncertainty.width),
      doubts: [
        widthWords(report.uncertainty.width),
        ...report.uncertainty.reasons.map((reason) => uncertaintyWords(reason)),
      ],
    },
    sum: sumWords(report),
    findings: report.layers.map(findingOf),
    answers,
    ran: ranRows(report, provider).map(([name, value]) => ({ name, value: tame(value) })),
    limits: limitsOf(report, provider),
    foot: t('report.foot', [moment.format(report.checkedAt)]),
  };
}

function notesOf(report: ShownReport): string[] {
  const { state, regions, because = [] } = report.manipulation;
  const notes = (report.because ?? []).map((reason) => words(reason));
  if (state === 'likely' || state === 'possible') {
    notes.push(state === 'likely' ? t('verdict.altered.likely') : t('verdict.altered.possible'));
    if (regions.length > 0) notes.push(t('verdict.altered.regions'));
  }
  notes.push(...because.map((reason) => words(reason)));
  if (report.generator) {
    const { name, confidence } = report.generator;
    const value = t('verdict.generator.value', [tame(name), formatPercent(wholePercent(confidence))]);
    notes.push(`${t('verdict.generator.title')}: ${value}`);
  }
  return notes;
}

function sumWords(report: ShownReport): OutlineSum | null {
  const sum = sumOf(report);
  if (!sum) return null;
  const { one, slight, slightSum } = weighty(sum);
  const row = (name: string, value: number) => ({ name, value, shown: points(value) });
  return {
    intro: t('report.sum.intro'),
    rows: [
      ...one.map((addend) => row(addendName(addend), addend.value)),
      ...(slight.length > 0 ? [row(restName(slight.length), slightSum)] : []),
    ],
    totalName: t('report.sum.total'),
    total: points(sum.total),
    reads: readsAs(sum, report.probability),
  };
}

function findingOf(layer: LayerResult): Finding {
  const { seen, means, otherwise } = layer.explanation;
  const all = (texts: typeof seen) => texts.map((text) => words(text));
  return {
    id: layer.id,
    name: layerName(layer.id),
    status: layer.status,
    statusWord: statusWord(layer.status),
    label: words((layer.status === 'unavailable' ? layer.unavailable : undefined) ?? layer.label),
    looksAt: layerLooksAt(layer.id),
    weight: weightWords(layer),
    seen: all(seen),
    means: all(means),
    otherwise: all(otherwise),
    facts: (layer.facts ?? []).map(({ name, value }) => ({ name: words(name), value: words(value) })),
    tree: layer.tree ? treeWords(layer.tree) : null,
    map: layer.map ? words(layer.map.shows) : null,
    picture: layer.picture ? words(layer.picture.shows) : null,
  };
}

function treeWords({ label, value, children }: EvidenceTree): TreeWords {
  return {
    label: words(label),
    value: value ? words(value) : null,
    children: children.map(treeWords),
  };
}
