import { type Failure, wasStopped } from '../failures';
import type { Verdict } from '../forensics/report';
import { message, type Text } from '../forensics/text';
import type { CheckJob } from './job';

/** What the toolbar button shows for a tab. */
export interface Badge {
  /** Four characters at most fit. The words carry the meaning; the colour only repeats it. */
  readonly text: string;
  /** White stands on it with a contrast of 4.5 : 1 or more. */
  readonly colour: string;
  readonly title: Text;
}

/** Blue and vermilion stay apart for people who cannot tell red from green (Okabe and Ito 2008, darkened). */
const VERMILION = '#a63a00';
const OCHRE = '#7a5400';
const GREY = '#5f6368';
const BLUE = '#0b57a8';
const NAVY = '#123a73';
const BLACK = '#202124';

const VERDICTS: Readonly<Record<Verdict, Badge>> = {
  'ai-generated': { text: 'AI', colour: VERMILION, title: message('badge.ai-generated') },
  'likely-ai-generated': { text: 'AI?', colour: OCHRE, title: message('badge.likely-ai-generated') },
  inconclusive: { text: '?', colour: GREY, title: message('badge.inconclusive') },
  'likely-authentic': { text: 'OK?', colour: BLUE, title: message('badge.likely-authentic') },
  authentic: { text: 'OK', colour: NAVY, title: message('badge.authentic') },
};

/** The badge of a check as it stands. @param verdict of its report, once it is done */
export function badgeOf(job: CheckJob, verdict: Verdict | null): Badge {
  if (job.state === 'done' && verdict) return VERDICTS[verdict];
  if (job.state === 'failed') {
    const text = job.failure && wasStopped(job.failure) ? '■' : '!';
    return { text, colour: BLACK, title: failureTitle(job.failure) };
  }
  if (job.state === 'waiting') {
    return { text: '!', colour: BLACK, title: message(`badge.waiting-${job.waiting?.kind ?? 'quota'}`) };
  }
  const title = job.state === 'uploading' ? 'badge.uploading' : 'badge.running';
  return { text: '…', colour: GREY, title: message(title) };
}

function failureTitle(failure: Failure | null): Text {
  const { code, args = [] } = failure ?? { code: 'unexpected' as const };
  return message(`failures.${code}.what`, ...args);
}

/**
 * Shows checks on the toolbar button of their tab. Chrome clears a tab's badge when the tab goes
 * to another page; a verdict that comes after that belongs to a page that is gone, and is not
 * shown: the mark of progress being gone tells it.
 *
 * @param say turns a text into words of the reader's language
 */
export function createBadge(say: (text: Text) => string): (job: CheckJob, verdict: Verdict | null) => void {
  // One after the other: two changes at once would overtake each other between reading and writing.
  let last: Promise<void> = Promise.resolve();
  return (job, verdict) => {
    const { tabId } = job.source;
    if (tabId < 0) return;
    last = last
      .then(() => show(tabId, badgeOf(job, verdict), isBeginning(job), say))
      // The tab was closed: there is no button to show it on.
      .catch(() => undefined);
  };
}

/** A check that was just clicked, or set to work again from the popup. */
function isBeginning(job: CheckJob): boolean {
  return job.state === 'acquiring' && job.attempts === 0;
}

async function show(tabId: number, badge: Badge, anew: boolean, say: (text: Text) => string): Promise<void> {
  if (!anew && (await chrome.action.getBadgeText({ tabId })) === '') return;
  await Promise.all([
    chrome.action.setBadgeText({ tabId, text: badge.text }),
    chrome.action.setBadgeBackgroundColor({ tabId, color: badge.colour }),
    chrome.action.setBadgeTextColor({ tabId, color: '#ffffff' }),
    chrome.action.setTitle({ tabId, title: say(badge.title) }),
  ]);
}
