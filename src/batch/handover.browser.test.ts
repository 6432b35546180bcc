import { expect, it } from 'vitest';
import { reportOf } from '../history/report.fixture';
import { fetchResult, type HandedOver, offerResults } from './handover';

const result = (name: string): HandedOver => ({
  file: new File(['bytes'], name),
  analysis: reportOf(),
  checkedAt: 7,
});

it('a row is answered by the page that made it, and by no other', async () => {
  const ends = [
    offerResults('a', async (row) => (row === 1 ? { ...result('1.jpg'), checkedAt: 11 } : null)),
    offerResults('b', async () => ({ ...result('b.jpg'), checkedAt: 22 })),
  ];
  expect((await fetchResult('a', 1))?.checkedAt).toBe(11);
  expect((await fetchResult('b', 1))?.checkedAt).toBe(22);
  expect(await fetchResult('a', 2)).toBeNull();
  for (const end of ends) end();
});

it('a page that is closed, or a row that cannot be read again, is no result', async () => {
  const end = offerResults('a', async () => {
    throw new Error('moved');
  });
  expect(await fetchResult('a', 1)).toBeNull();
  end();
  expect(await fetchResult('a', 1, 10)).toBeNull();
});
