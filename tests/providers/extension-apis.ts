/** The two browser APIs that src/remote needs, in memory, for tests in plain Node. */
export interface ExtensionApis {
  readonly chrome: {
    readonly storage: {
      readonly local: {
        get(key: string): Promise<Record<string, unknown>>;
        set(items: Record<string, unknown>): Promise<void>;
        remove(keys: string | string[]): Promise<void>;
        setAccessLevel(level: { accessLevel: string }): Promise<void>;
      };
    };
    readonly permissions: {
      contains(what: { origins: string[] }): Promise<boolean>;
      remove(what: { origins: string[] }): Promise<boolean>;
    };
  };
  /** Match patterns that are granted. */
  readonly granted: Set<string>;
  readonly stored: Map<string, unknown>;
  readonly accessLevel: () => string | null;
}

export function extensionApis(): ExtensionApis {
  const stored = new Map<string, unknown>();
  const granted = new Set<string>();
  let level: string | null = null;
  return {
    stored,
    granted,
    accessLevel: () => level,
    chrome: {
      storage: {
        local: {
          get: async (key) => (stored.has(key) ? { [key]: structuredClone(stored.get(key)) } : {}),
          set: async (items) => {
            for (const [key, value] of Object.entries(items)) stored.set(key, structuredClone(value));
          },
          remove: async (keys) => {
            for (const key of [keys].flat()) stored.delete(key);
          },
          setAccessLevel: async ({ accessLevel }) => {
            level = accessLevel;
          },
        },
      },
      permissions: {
        contains: async ({ origins }) => origins.every((origin) => granted.has(origin)),
        remove: async ({ origins }) => origins.map((origin) => granted.delete(origin)).every(Boolean),
      },
    },
  };
}
