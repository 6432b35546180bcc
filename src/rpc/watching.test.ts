import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWatching, watchPages } from './watching';

type Listener = (message?: unknown) => void;

/** One end of a port, as Chrome hands it to either side. */
interface End {
  readonly name: string;
  readonly sender: { id: string; url: string } | undefined;
  readonly onMessage: { addListener(listener: Listener): void };
  readonly onDisconnect: { addListener(listener: Listener): void };
  postMessage(message: unknown): void;
}

/** A connection that the browser closes at one side: the other one is told. */
interface Connection {
  closePage(): void;
  closeWorker(): void;
}

const ORIGIN = 'chrome-extension://truegrain';
let serve: ((port: End) => void) | null = null;
let connections: Connection[] = [];
let page = '';
let unseen: string[] = [];

function tell(listeners: readonly Listener[], message?: unknown): void {
  for (const listener of listeners) listener(message);
}

/** Chrome's ports, as far as both sides use them; delivery is at once. */
function connect({ name }: { name: string }): End {
  const heard = { page: [] as Listener[], worker: [] as Listener[] };
  const ended = { page: [] as Listener[], worker: [] as Listener[] };
  const end = (mine: 'page' | 'worker', theirs: 'page' | 'worker'): End => ({
    name,
    sender: mine === 'worker' ? { id: 'truegrain', url: page } : undefined,
    onMessage: { addListener: (listener) => heard[mine].push(listener) },
    onDisconnect: { addListener: (listener) => ended[mine].push(listener) },
    postMessage: (message) => tell(heard[theirs], message),
  });
  connections.push({
    closePage: () => tell(ended.worker),
    closeWorker: () => tell(ended.page),
  });
  serve?.(end('worker', 'page'));
  return end('page', 'worker');
}

function startWorker(): void {
  watchPages((jobId) => unseen.push(jobId));
}

beforeEach(() => {
  serve = null;
  connections = [];
  unseen = [];
  page = `${ORIGIN}/popup.html`;
  vi.stubGlobal('chrome', {
    runtime: {
      id: 'truegrain',
      getURL: (path: string) => `${ORIGIN}/${path}`,
      connect,
      onConnect: {
        addListener: (listener: (port: End) => void) => {
          serve = listener;
        },
      },
    },
  });
  startWorker();
});
afterEach(() => vi.unstubAllGlobals());

describe('a page that is closed', () => {
  it('leaves unseen what it showed at work last', () => {
    const watching = createWatching();
    watching.show('one');
    watching.show('two');
    connections[0]?.closePage();
    expect(unseen).toEqual(['two']);
  });

  it('leaves nothing unseen where it showed nothing at work any more, or never', () => {
    const watching = createWatching();
    watching.show(null);
    expect(connections).toEqual([]);
    watching.show('one');
    watching.show(null);
    connections[0]?.closePage();
    expect(unseen).toEqual([]);
  });

  it('leaves nothing unseen that another page still shows', () => {
    createWatching().show('one');
    createWatching().show('one');
    connections[0]?.closePage();
    expect(unseen).toEqual([]);
    connections[1]?.closePage();
    expect(unseen).toEqual(['one']);
  });
});

it('a worker that starts anew is told what is shown', () => {
  const watching = createWatching();
  watching.show('one');
  startWorker();
  connections[0]?.closeWorker();
  expect(connections).toHaveLength(2);
  connections[1]?.closePage();
  expect(unseen).toEqual(['one']);
});

it.each([
  ['another extension page', `${ORIGIN}/options.html`],
  ['another extension', 'chrome-extension://other/popup.html'],
  ['a web page', 'https://popup.example/popup.html'],
])('%s has nothing to say', (_, url) => {
  page = url;
  createWatching().show('one');
  connections[0]?.closePage();
  expect(unseen).toEqual([]);
});
