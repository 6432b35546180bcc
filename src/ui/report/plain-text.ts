import type { Finding, Outline, TreeWords } from './outline';

/** The report as plain text, for a mail or a note: headings in capitals by a line under them. */
export function plainText(outline: Outline): string {
  const { titles, verdict, scale, sum } = outline;
  const blocks = [
    underlined(outline.heading, '='),
    outline.where && flat(outline.where),
    lines([verdict.word, verdict.sentence, ...verdict.notes].map(flat)),
    section(titles.scale, [scale.summary, ...scale.doubts.map(dashed)]),
    sum &&
      section(titles.sum, [
        sum.intro,
        ...sum.rows.map(({ name, shown }) => flat(`${shown}  ${name}`)),
        `${sum.total}  ${sum.totalName}`,
        sum.reads,
      ]),
    underlined(titles.evidence, '-'),
    ...outline.findings.map((finding) => findingText(finding, outline)),
    outline.answers.length > 0 &&
      section(
        titles.answers,
        outline.answers.flatMap(({ name, word, lines: said }) => [
          flat(`${name}: ${word}`),
          ...said.map(dashed),
        ]),
      ),
    section(
      titles.ran,
      outline.ran.map(({ name, value }) => flat(`${name}: ${value}`)),
    ),
    section(titles.limits, outline.limits.map(dashed)),
    outline.foot,
  ];
  return `${blocks.filter((block) => block).join('\n\n')}\n`;
}

function findingText(finding: Finding, { titles }: Outline): string {
  const part = (title: string, texts: readonly string[]) =>
    texts.length > 0 ? [title, ...texts.map(dashed)] : [];
  return lines([
    flat(`${finding.name} (${finding.statusWord}): ${finding.label}`),
    ...part(titles.seen, finding.seen),
    ...part(titles.means, finding.means),
    ...part(titles.otherwise, finding.otherwise),
    ...part(
      titles.facts,
      finding.facts.map(({ name, value }) => `${name}: ${value}`),
    ),
    ...(finding.tree ? treeLines(finding.tree, 0) : []),
    finding.weight,
  ]);
}

function treeLines(tree: TreeWords, depth: number): string[] {
  const value = tree.value === null ? '' : `: ${tree.value}`;
  return [
    `${'  '.repeat(depth)}${dashed(tree.label + value)}`,
    ...tree.children.flatMap((child) => treeLines(child, depth + 1)),
  ];
}

/** A line break in a foreign word would let it pass for a line of ours. */
const flat = (text: string): string => text.replace(/\s*[\n\u2028\u2029]\s*/g, ' ');

const dashed = (text: string): string => `- ${flat(text)}`;

const underlined = (title: string, with_: string): string => `${title}\n${with_.repeat([...title].length)}`;

const section = (title: string, texts: readonly string[]): string =>
  lines([underlined(title, '-'), ...texts]);

function lines(texts: readonly (string | null)[]): string {
  return texts.filter((text) => text).join('\n');
}
