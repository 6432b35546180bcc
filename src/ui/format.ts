/** Figures for people, in the reader's locale. All pure; `locale` is undefined for the browser's own. */

/** 1234567 -> "1,234,567"; 0.12345 -> "0.123": whole numbers in full, others to three significant digits. */
export function formatNumber(value: number, locale?: string): string {
  if (!Number.isFinite(value)) return '–';
  const options: Intl.NumberFormatOptions =
    Number.isInteger(value) || Math.abs(value) >= 1000
      ? { maximumFractionDigits: 0 }
      : { maximumSignificantDigits: 3 };
  return new Intl.NumberFormat(locale, options).format(value);
}

/** A probability 0..1 as whole percent, clamped to 1..99: nothing here is ever certain. */
export function wholePercent(probability: number): number {
  return Math.min(99, Math.max(1, Math.round(probability * 100)));
}

/** Ends of the uncertainty band in whole percent, 1..99. */
export function bandPercent(probability: number, halfWidth: number): { low: number; high: number } {
  return { low: wholePercent(probability - halfWidth), high: wholePercent(probability + halfWidth) };
}

export function formatPercent(whole: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(whole / 100);
}

/** Milliseconds as "340 ms", "1.8 s" or "2 min 5 s". */
export function formatDuration(ms: number, locale?: string): string {
  const unit = (value: number, name: string, digits: number) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'millisecond' || name === 'second' ? 'narrow' : 'short',
      maximumFractionDigits: digits,
    })
      .format(value)
      .replace(/(\d)(ms|s)$/, '$1 $2');
  if (ms < 1000) return unit(Math.round(ms), 'millisecond', 0);
  if (ms < 60_000) return unit(ms / 1000, 'second', 1);
  const seconds = Math.round(ms / 1000);
  return `${unit(Math.floor(seconds / 60), 'minute', 0)} ${unit(seconds % 60, 'second', 0)}`;
}

/** Bytes as "812 kB" or "3.4 MB" (powers of 1000, as file managers show them). */
export function formatBytes(bytes: number, locale?: string): string {
  const [value, unit] =
    bytes < 1000
      ? [bytes, 'byte']
      : bytes < 1_000_000
        ? [bytes / 1000, 'kilobyte']
        : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: bytes < 1_000_000 ? 0 : 1,
  }).format(value);
}

/** "14:05" today, "Nov 12, 14:05" otherwise (year added where it differs). */
export function formatMoment(time: number, now: number, locale?: string): string {
  const then = new Date(time);
  const today = new Date(now);
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  if (then.toDateString() === today.toDateString()) {
    return new Intl.DateTimeFormat(locale, clock).format(then);
  }
  const year: Intl.DateTimeFormatOptions =
    then.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' };
  return new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', ...year, ...clock }).format(then);
}

/** "14:05": for a moment that is less than a day away. */
export function formatClock(time: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(time);
}
