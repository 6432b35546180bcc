import { FREE_LOCAL_CHECKS } from './settings';

/**
 * Which checks took a free place on which calendar day. A place belongs to a day as the person's
 * own clock and time zone show it; the ledger remembers the days, because clocks are set back:
 *
 * - To a later day: that day's own count, none for a new day.
 * - To an earlier day (clock corrected, flight over the date line): at least the count of the day
 *   just left, so that setting a clock back buys nothing. The day left behind gives up what was
 *   carried over, once, so that a person whose clock was wrong by a day is not charged on both.
 *
 * So nobody is locked out for longer than the day that the clock shows, and a clock set forth and
 * back buys no more than it borrows from the days to come.
 */
export interface QuotaLedger {
  /** The day of the last look, `2026-11-21`; null before the first. */
  readonly today: string | null;
  readonly days: Readonly<Record<string, QuotaDay>>;
}

export interface QuotaDay {
  /** Checks that took a place: running, or ended with a verdict. */
  readonly jobs: readonly string[];
  /** Places carried over from (positive) or to (negative) another day by a clock set back. */
  readonly carried: number;
  /** Whether this day has given up its count already. */
  readonly gaveUp: boolean;
}

export const EMPTY_LEDGER: QuotaLedger = { today: null, days: {} };

const NEW_DAY: QuotaDay = { jobs: [], carried: 0, gaveUp: false };

/** Days remembered; with more, those farthest from today are forgotten. */
const MAX_DAYS = 400;

export interface QuotaState {
  /** Free local checks a day. */
  readonly limit: number;
  /** Taken today, checks that still run included. */
  readonly used: number;
  readonly left: number;
  /** Milliseconds since the epoch: the next local midnight. */
  readonly resetsAt: number;
}

/** The ledger as it stands at `now`, with its day turned if it has to be. */
export function turn(ledger: QuotaLedger, now: number): QuotaLedger {
  const day = localDay(now);
  if (ledger.today === day) return ledger;
  const left = ledger.today === null ? undefined : ledger.days[ledger.today];
  const entered = ledger.days[day] ?? NEW_DAY;
  if (ledger.today === null || !left || day > ledger.today) {
    return remember({ today: day, days: { ...ledger.days, [day]: entered } });
  }
  const carried = Math.max(0, count(left) - count(entered));
  return remember({
    today: day,
    days: {
      ...ledger.days,
      [ledger.today]: left.gaveUp ? left : { ...left, carried: left.carried - carried, gaveUp: carried > 0 },
      [day]: { ...entered, carried: entered.carried + carried },
    },
  });
}

/** Today's numbers. */
export function stateOf(ledger: QuotaLedger, now: number): QuotaState {
  const turned = turn(ledger, now);
  const used = Math.min(FREE_LOCAL_CHECKS, count(dayOf(turned)));
  return { limit: FREE_LOCAL_CHECKS, used, left: FREE_LOCAL_CHECKS - used, resetsAt: nextMidnight(now) };
}

/**
 * Takes a place for a check, if one is left today. Taking again for the same check takes nothing
 * more. The new ledger is to be stored in either case: it may have turned its day.
 */
export function take(
  ledger: QuotaLedger,
  jobId: string,
  now: number,
): { readonly ledger: QuotaLedger; readonly taken: boolean } {
  if (Object.values(ledger.days).some(({ jobs }) => jobs.includes(jobId))) return { ledger, taken: true };
  const turned = turn(ledger, now);
  const day = dayOf(turned);
  if (count(day) >= FREE_LOCAL_CHECKS || turned.today === null) return { ledger: turned, taken: false };
  const days = { ...turned.days, [turned.today]: { ...day, jobs: [...day.jobs, jobId] } };
  return { ledger: { ...turned, days }, taken: true };
}

/** Gives a check's place back: it ended without a verdict of ours. */
export function release(ledger: QuotaLedger, jobId: string): QuotaLedger {
  const days = Object.entries(ledger.days).map(([day, row]) => [
    day,
    row.jobs.includes(jobId) ? { ...row, jobs: row.jobs.filter((id) => id !== jobId) } : row,
  ]);
  return { ...ledger, days: Object.fromEntries(days) };
}

function dayOf(ledger: QuotaLedger): QuotaDay {
  return (ledger.today === null ? undefined : ledger.days[ledger.today]) ?? NEW_DAY;
}

function count({ jobs, carried }: QuotaDay): number {
  return Math.max(0, jobs.length + carried);
}

/** The calendar day of an instant in the browser's own time zone, as `YYYY-MM-DD`. */
export function localDay(instant: number): string {
  const date = new Date(instant);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The instant at which the next calendar day begins there, also where the clocks change that night. */
export function nextMidnight(instant: number): number {
  const date = new Date(instant);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

function remember(ledger: QuotaLedger): QuotaLedger {
  const days = Object.keys(ledger.days);
  if (days.length <= MAX_DAYS || ledger.today === null) return ledger;
  const today = Date.parse(ledger.today);
  const near = days
    .sort((a, b) => Math.abs(Date.parse(a) - today) - Math.abs(Date.parse(b) - today))
    .slice(0, MAX_DAYS);
  return { ...ledger, days: Object.fromEntries(near.map((day) => [day, ledger.days[day] ?? NEW_DAY])) };
}
