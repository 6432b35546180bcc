import type { OpinionSet } from '../../src/checks/opinions';
import type { HistoryEntry } from '../../src/history';
import { type Opinion, Opinions, ownWords } from '../../src/ui/Opinions';
import type { Answer } from '../../src/ui/report/outline';
import { t } from '../../src/ui/text';
import { scaleSummary, verdictWord } from '../../src/ui/verdict';
import { providerName } from '../popup/provider-name';

/** What others said about the same image, each with its own report to open. */
export function Answers({ entry, opinions }: { entry: HistoryEntry; opinions: OpinionSet }) {
  const answered = opinions.opinions.flatMap((opinion) => (opinion.entry ? [opinion.entry] : []));
  return (
    <div class="report-part" id="answers">
      <Opinions
        opinions={[entry, ...answered].map((one) => opinionOf(one, one.id === entry.id))}
        missing={[]}
        onOpen={(id) => {
          location.assign(`/report.html?id=${encodeURIComponent(id)}`);
        }}
      />
    </div>
  );
}

/** The answers of others in words, for what leaves the page. */
export function answersOf(opinions: OpinionSet | null): Answer[] {
  return (opinions?.opinions ?? []).flatMap(({ entry }) => {
    if (!entry) return [];
    const { report, remote } = entry;
    const own = remote ? [ownWords(remote.own)] : [];
    return [
      {
        name: nameOf(report.engine),
        verdict: report.verdict,
        word: verdictWord(report.verdict),
        lines: [scaleSummary(report.probability, report.uncertainty.width), ...own],
      },
    ];
  });
}

function opinionOf({ id, report, remote }: HistoryEntry, shown: boolean): Opinion {
  return {
    id,
    name: nameOf(report.engine),
    verdict: report.verdict,
    probability: report.probability,
    width: report.uncertainty.width,
    own: remote?.own ?? null,
    shown,
  };
}

function nameOf(engine: string): string {
  return engine === 'local' ? t('opinion.ours') : providerName(engine);
}
