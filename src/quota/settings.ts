/**
 * The free local quota: the one place that knows its number. Its period is the local calendar day, counted by
 * `ledger.ts`, which knows what clocks and time zones do to days.
 */
export const FREE_LOCAL_CHECKS = 4;
