/** The browser APIs that src/remote needs, in memory, for tests in plain Node. */
export interface ExtensionApis {
  readonly chrome: {
    readonly storage: {
      readonly local: Area;
      readonly session: Area;
      readonly onChanged: {
        addListener(listener: ChangeListener): void;
        removeListener(listener: ChangeListener): void;
      };
    };
    readonly permissions: {
      contains(what: { origins: string[] }): Promise<boolean>;
      remove(what: { origins: string[] }): Promise<boolean>;
    };
  };
  /** What of `navigator` is used: the connection as the browser sees it, and locks that hold. */
  readonly navigator: {
    onLine: boolean;
    readonly locks: { request<Result>(name: string, work: () => Promise<Result> | Result): Promise<Result> };
  };
  /** Match patterns that are granted. */
  readonly granted: Set<string>;
  /** `chrome.storage.local`: survives a restart of the browser. */
  readonly stored: Map<string, unknown>;
  /** `chrome.storage.session`: clear it for a restart of the browser. */
  readonly session: Map<string, unknown>;
  readonly accessLevel: () => string | null;
}

interface Area {
  get(key: string): Promise<Record<string, unknown>>;
  set(items: Record<string, unknown>): Promise<void>;
  remove(keys: string | string[]): Promise<void>;
  setAccessLevel(level: { accessLevel: string }): Promise<void>;
}

type ChangeListener = (changes: Record<string, unknown>, area: string) => void;

export function extensionApis(): ExtensionApis {
  const stored = new Map<string, unknown>();
  const session = new Map<string, unknown>();
  const granted = new Set<string>();
  const listeners = new Set<ChangeListener>();
  let level: string | null = null;
  const tell = (keys: readonly string[], area: string) => {
    const changes = Object.fromEntries(keys.map((key) => [key, {}]));
    for (const listener of listeners) listener(changes, area);
  };
  const areaOf = (map: Map<string, unknown>, name: string): Area => ({
    get: async (key) => (map.has(key) ? { [key]: structuredClone(map.get(key)) } : {}),
    set: async (items) => {
      for (const [key, value] of Object.entries(items)) map.set(key, structuredClone(value));
      tell(Object.keys(items), name);
    },
    remove: async (keys) => {
      for (const key of [keys].flat()) map.delete(key);
      tell([keys].flat(), name);
    },
    setAccessLevel: async ({ accessLevel }) => {
      if (name === 'local') level = accessLevel;
    },
  });
  return {
    stored,
    session,
    granted,
    accessLevel: () => level,
    navigator: { onLine: true, locks: createLocks() },
    chrome: {
      storage: {
        local: areaOf(stored, 'local'),
        session: areaOf(session, 'session'),
        onChanged: {
          addListener: (listener) => listeners.add(listener),
          removeListener: (listener) => listeners.delete(listener),
        },
      },
      permissions: {
        contains: async ({ origins }) => origins.every((origin) => granted.has(origin)),
        remove: async ({ origins }) => origins.map((origin) => granted.delete(origin)).every(Boolean),
      },
    },
  };
}

function createLocks(): ExtensionApis['navigator']['locks'] {
  const last = new Map<string, Promise<unknown>>();
  return {
    async request(name, work) {
      const mine = (last.get(name) ?? Promise.resolve()).then(work);
      last.set(
        name,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}
