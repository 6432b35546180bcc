import type { Analysis } from '../forensics/report';

/** One result of the batch page, which keeps no history: whoever wants it asks the page that made it. */
export interface HandedOver {
  readonly file: File;
  readonly analysis: Analysis;
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
}

type Message =
  | { readonly type: 'want'; readonly page: string; readonly row: number }
  | { readonly type: 'coming'; readonly page: string; readonly row: number }
  | {
      readonly type: 'have';
      readonly page: string;
      readonly row: number;
      readonly result: HandedOver | null;
    };

const CHANNEL = 'truegrain-batch';

/**
 * Answers for the rows of this page as long as it is open.
 * @param page a name that no other page has
 * @param find answers null where the row is gone; may take a while
 * @returns ends it
 */
export function offerResults(page: string, find: (row: number) => Promise<HandedOver | null>): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = async ({ data }: MessageEvent<Message>) => {
    if (data.type !== 'want' || data.page !== page) return;
    const { row } = data;
    const answer = (message: Message) => channel.postMessage(message);
    answer({ type: 'coming', page, row });
    answer({ type: 'have', page, row, result: await find(row).catch(() => null) });
  };
  return () => channel.close();
}

/**
 * Asks the batch page for a row.
 * @param patience ms to wait for a sign of life; after that sign it is waited for without end
 * @returns null where the page or the row is gone
 */
export function fetchResult(page: string, row: number, patience = 3_000): Promise<HandedOver | null> {
  const channel = new BroadcastChannel(CHANNEL);
  const answered = new Promise<HandedOver | null>((done) => {
    const silence = setTimeout(() => done(null), patience);
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.type === 'want' || data.page !== page || data.row !== row) return;
      clearTimeout(silence);
      if (data.type === 'have') done(data.result);
    };
  });
  const question: Message = { type: 'want', page, row };
  channel.postMessage(question);
  return answered.finally(() => channel.close());
}
