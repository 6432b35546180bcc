import type { Outline } from './outline';

/** An outline in which every foreign place holds `foreign`. */
export function outlineWith(foreign: string): Outline {
  return {
    language: 'en',
    titles: {
      picture: 'Picture',
      scale: 'Scale',
      sum: 'Sum',
      evidence: 'Evidence',
      seen: 'Seen',
      means: 'Means',
      otherwise: 'Otherwise',
      facts: 'Details',
      answers: 'Answers',
      ran: 'Ran',
      limits: 'Limits',
      overlay: 'Overlay',
    },
    heading: 'Report',
    where: foreign,
    verdict: {
      id: 'likely-ai-generated',
      word: 'Probably made by AI',
      sentence: 'More for than against.',
      notes: [foreign],
    },
    scale: { summary: 'About 80 %.', doubts: ['Small.'] },
    sum: {
      intro: 'Points.',
      rows: [
        { name: 'Start', value: -0.5, shown: '-0.50' },
        { name: foreign, value: 1.5, shown: '+1.50' },
      ],
      totalName: 'Sum',
      total: '+1.00',
      reads: 'About 73 %.',
    },
    findings: [
      {
        id: foreign,
        name: foreign,
        status: 'flagged',
        statusWord: 'Strong sign',
        label: foreign,
        looksAt: null,
        weight: 'Counts towards AI.',
        seen: [foreign],
        means: [foreign],
        otherwise: [foreign],
        facts: [{ name: foreign, value: foreign }],
        tree: { label: foreign, value: foreign, children: [{ label: foreign, value: null, children: [] }] },
        map: foreign,
        picture: foreign,
      },
    ],
    answers: [{ name: foreign, verdict: 'inconclusive', word: 'Cannot tell', lines: [foreign] }],
    ran: [{ name: 'Image', value: foreign }],
    limits: ['Much.'],
    foot: 'Made by Truegrain.',
  };
}
