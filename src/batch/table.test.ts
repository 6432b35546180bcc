import { expect, test } from 'vitest';
import { type Row, selectRows, type TableView } from './table';

const base = { uncertain: [], reasons: [], width: 0.1 } as const;
const rows: Row[] = [
  {
    ...base,
    state: 'done',
    sequence: 0,
    file: 'b10.jpg',
    verdict: 'inconclusive',
    probability: 0.5,
    generator: null,
    ms: 30,
  },
  { state: 'error', sequence: 1, file: 'a.jpg', code: 'undecodable', message: '' },
  {
    ...base,
    state: 'done',
    sequence: 2,
    file: 'b9.jpg',
    verdict: 'ai-generated',
    probability: 0.9,
    generator: 'DALL-E',
    ms: 10,
  },
  { state: 'waiting', sequence: 3, file: 'c.jpg' },
  {
    ...base,
    state: 'done',
    sequence: 4,
    file: 'd.jpg',
    verdict: 'likely-authentic',
    probability: 0.1,
    generator: null,
    ms: 20,
  },
];
const view: TableView = { filter: 'all', search: '', sort: 'sequence', descending: false };
const order = (change: Partial<TableView>) =>
  selectRows(rows, { ...view, ...change }).map((row) => row.sequence);

test('sorts by figures, and rows without the figure come last either way', () => {
  expect(order({ sort: 'probability' })).toEqual([4, 0, 2, 1, 3]);
  expect(order({ sort: 'probability', descending: true })).toEqual([2, 0, 4, 1, 3]);
  expect(order({ sort: 'ms' })).toEqual([2, 4, 0, 1, 3]);
});

test('sorts verdicts from AI to real, and names with their numbers', () => {
  expect(order({ sort: 'verdict' })).toEqual([2, 0, 4, 1, 3]);
  expect(order({ sort: 'file' })).toEqual([1, 2, 0, 3, 4]);
});

test('filters by verdict and errors, searches names and generators', () => {
  expect(order({ filter: 'ai-generated' })).toEqual([2]);
  expect(order({ filter: 'error' })).toEqual([1]);
  expect(order({ search: 'dall' })).toEqual([2]);
  expect(order({ search: ' B ' })).toEqual([0, 2]);
});

test('leaves the rows as they were', () => {
  const before = [...rows];
  order({ sort: 'probability', descending: true });
  expect(rows).toEqual(before);
});
