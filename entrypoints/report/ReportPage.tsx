import { useMemo, useState } from 'preact/hooks';
import { isOriginalFile } from '../../src/forensics/report';
import { Glyph, VerdictIcon } from '../../src/ui/icons';
import { ProbabilityBand } from '../../src/ui/ProbabilityBand';
import { Contributions } from '../../src/ui/report/Contributions';
import { FactsSearch } from '../../src/ui/report/FactsSearch';
import { CREDENTIALS, Findings } from '../../src/ui/report/Findings';
import { Innocent } from '../../src/ui/report/Innocent';
import { overlaysOf } from '../../src/ui/report/overlays';
import { TonesOf } from '../../src/ui/report/TonesOf';
import { TreeView } from '../../src/ui/report/TreeView';
import { Viewer } from '../../src/ui/report/Viewer';
import { tame } from '../../src/ui/sentence';
import { t } from '../../src/ui/text';
import { useBlobUrl } from '../../src/ui/useBlobUrl';
import {
  Because,
  Doubts,
  Limits,
  Manipulation,
  RanFacts,
  type ShownReport,
  SuspectedGenerator,
} from '../../src/ui/VerdictCard';
import { limitsOf, scaleSummary, verdictSentence, verdictWord } from '../../src/ui/verdict';
import { providerName } from '../popup/provider-name';
import { Answers } from './Answers';
import { KeptPicture } from './KeptPicture';
import type { Picture, Shown } from './load';
import { Save } from './Save';

/** Everything about one check: the picture with the evidence on one side, the words on the other. */
export function ReportPage({ shown }: { shown: Shown }) {
  const { entry, where } = shown;
  // One answer alone has nothing to stand beside.
  const opinions = shown.opinions?.opinions.some((other) => other.entry) ? shown.opinions : null;
  const { report } = entry;
  const [found, setFound] = useState<Blob | null>(null);
  const picture: Picture = found ? { blob: found, kind: 'full' } : shown.picture;
  const src = useBlobUrl(picture.blob);
  const overlays = useMemo(() => overlaysOf(report), [report]);
  const [chosen, choose] = useState<string | null>(overlays[0]?.id ?? null);
  const { width, height } = report.image;
  const size = useMemo(() => ({ width, height }), [width, height]);
  const provider = report.engine === 'local' ? report.engine : providerName(report.engine);
  return (
    <div class="report-columns">
      <div class="report-picture">
        <Viewer src={src} picture={size} overlays={overlays} chosen={chosen} onChoose={choose} />
        <KeptPicture kind={picture.kind} sha256={report.image.sha256} onFound={setFound} />
      </div>
      <div class="report-words">
        <Verdict report={report} where={where} />
        <Save shown={shown} picture={picture} />
        <Contents hasAnswers={opinions !== null} />
        <Contributions report={report} />
        <Innocent report={report} />
        <Findings
          layers={report.layers}
          overlays={useMemo(() => new Set(overlays.map(({ id }) => id)), [overlays])}
          onShow={(id) => {
            choose(id);
            document.querySelector('.viewer')?.scrollIntoView({ block: 'nearest' });
          }}
        />
        <section class="report-part" aria-labelledby="credentials-title" id="credentials">
          <h2 id="credentials-title">{t('report.credentials.title')}</h2>
          <Credentials report={report} />
        </section>
        <FactsSearch layers={report.layers} />
        <section class="report-part" aria-labelledby="plots-title" id="plots">
          <h2 id="plots-title">{t('report.plots.title')}</h2>
          <p class="small soft">{t('report.plots.zoom')}</p>
          <TonesOf picture={picture.blob} isPreview={picture.kind === 'preview'} />
        </section>
        {opinions && <Answers entry={entry} opinions={opinions} />}
        <section class="report-part" aria-labelledby="ran-title" id="ran">
          <h2 id="ran-title">{t('verdict.ran.title')}</h2>
          <RanFacts report={report} provider={provider} />
        </section>
        <Limits limits={limitsOf(report, provider)} />
      </div>
    </div>
  );
}

function Verdict({ report, where }: { report: ShownReport; where: string | null }) {
  return (
    <section class="verdict report-verdict" data-verdict={report.verdict} aria-labelledby="verdict-title">
      {where !== null && (
        <p class="small soft">
          <bdi>{tame(where)}</bdi>
        </p>
      )}
      <h2 id="verdict-title" class="verdict-word">
        <VerdictIcon verdict={report.verdict} />
        <span>{verdictWord(report.verdict)}</span>
      </h2>
      <p>{verdictSentence(report.verdict, report.probability)}</p>
      {!isOriginalFile(report.source.how) && (
        <p class="lost-mark" title={t('verdict.how.lostWhy')}>
          <Glyph name="unlinked" size={14} />
          {t('verdict.how.lost')}
        </p>
      )}
      <Because report={report} />
      <Manipulation report={report} />
      <div class="verdict-scale">
        <h3>{t('verdict.scale.title')}</h3>
        <ProbabilityBand probability={report.probability} width={report.uncertainty.width} />
        <p class="figures small">{scaleSummary(report.probability, report.uncertainty.width)}</p>
        <Doubts report={report} />
      </div>
      <SuspectedGenerator report={report} />
    </section>
  );
}

function Credentials({ report }: { report: ShownReport }) {
  const tree = report.layers.find(({ id }) => id === CREDENTIALS)?.tree;
  return tree ? <TreeView tree={tree} /> : <p>{t('report.credentials.none')}</p>;
}

function Contents({ hasAnswers }: { hasAnswers: boolean }) {
  const parts: readonly (readonly [string, string])[] = [
    ['sum', t('report.sum.title')],
    ['innocent', t('report.innocent.title')],
    ['findings', t('report.findings.title')],
    ['credentials', t('report.credentials.title')],
    ['facts', t('report.facts.title')],
    ['plots', t('report.plots.title')],
    ...(hasAnswers ? ([['answers', t('report.answers.title')]] as const) : []),
    ['ran', t('verdict.ran.title')],
  ];
  return (
    <nav class="report-contents" aria-label={t('report.contents')}>
      <ul>
        {parts.map(([id, title]) => (
          <li key={id}>
            <a href={`#${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
