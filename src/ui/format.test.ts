import { expect, test } from 'vitest';
import {
  bandPercent,
  formatBytes,
  formatDuration,
  formatMoment,
  formatNumber,
  formatPercent,
  wholePercent,
} from './format';

test.each([
  [0, 1],
  [0.004, 1],
  [0.5, 50],
  [0.625, 63],
  [0.999, 99],
  [1, 99],
])('probability %f is shown as %i percent: never certain', (probability, percent) => {
  expect(wholePercent(probability)).toBe(percent);
});

test('the ends of the band stay on the scale', () => {
  expect(bandPercent(0.62, 0.17)).toEqual({ low: 45, high: 79 });
  expect(bandPercent(0.5, 0.5)).toEqual({ low: 1, high: 99 });
});

test('numbers: whole ones in full, others to three digits, none where there is none', () => {
  expect(formatNumber(1234567, 'en')).toBe('1,234,567');
  expect(formatNumber(0.12345, 'en')).toBe('0.123');
  expect(formatNumber(1234.5, 'en')).toBe('1,235');
  expect(formatNumber(Number.NaN, 'en')).toBe('–');
});

test('percent and sizes follow the locale', () => {
  expect(formatPercent(62, 'en')).toBe('62%');
  expect(formatPercent(62, 'de')).toBe('62\u00a0%');
  expect(formatBytes(812, 'en')).toBe('812 byte');
  expect(formatBytes(83_964, 'en')).toBe('84 kB');
  expect(formatBytes(3_440_000, 'en')).toBe('3.4 MB');
});

test('durations grow from milliseconds to minutes', () => {
  expect(formatDuration(340.4, 'en')).toBe('340 ms');
  expect(formatDuration(1_840, 'en')).toBe('1.8 s');
  expect(formatDuration(125_000, 'en')).toBe('2 min 5 s');
});

test('a moment of today is a clock time; older ones carry their day, then their year', () => {
  const now = new Date(2026, 10, 21, 18, 0).getTime();
  const at = (...date: [number, number, number]) =>
    formatMoment(new Date(...date, 14, 5).getTime(), now, 'en-GB');
  expect(at(2026, 10, 21)).toBe('14:05');
  expect(at(2026, 10, 12)).toBe('12 Nov, 14:05');
  expect(at(2025, 0, 2)).toBe('2 Jan 2025, 14:05');
});
