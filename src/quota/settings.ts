/** The free local quota: the one place that knows its numbers. */
export const FREE_LOCAL_CHECKS = 4;

/** The quota is whole again at local midnight. */
export const QUOTA_PERIOD = 'day';
