import * as v from 'valibot';
import { MIGRATIONS, SETTINGS_VERSION } from './migrations';

/** What a person may set about the extension itself. Providers and their keys stand in src/remote. */
const schema = v.object({
  /** Opens the popup after the menu was clicked, so that the progress is seen. */
  openPopup: v.boolean(),
});

export type Settings = Readonly<v.InferOutput<typeof schema>>;

export const DEFAULT_SETTINGS: Settings = { openPopup: true };

const KEY = 'settings';

/**
 * The settings as they are. A value that does not fit (edited by hand, written by a newer version)
 * counts as its default, alone: it costs nobody the others.
 */
export async function readSettings(): Promise<Settings> {
  return parseSettings((await chrome.storage.local.get(KEY))[KEY]);
}

/** Changes some of the settings. @throws ValiError for a value out of its range */
export async function changeSettings(changes: Partial<Settings>): Promise<Settings> {
  // Pages and the worker write here; a lock keeps one from undoing what the other just wrote.
  return navigator.locks.request(`truegrain-${KEY}`, async () => {
    const settings = v.parse(schema, { ...(await readSettings()), ...changes });
    await chrome.storage.local.set({ [KEY]: { version: SETTINGS_VERSION, ...settings } });
    return settings;
  });
}

/** Brings stored settings of any age to today's shape. */
export function parseSettings(stored: unknown): Settings {
  let record: Record<string, unknown> = isRecord(stored) ? stored : {};
  const from = typeof record.version === 'number' ? record.version : 0;
  for (const { version, migrate } of MIGRATIONS) {
    if (version > from) record = migrate(record);
  }
  const read = <Key extends keyof Settings>(key: Key): Settings[Key] => {
    const result = v.safeParse(schema.entries[key], record[key]);
    return result.success ? (result.output as Settings[Key]) : DEFAULT_SETTINGS[key];
  };
  return { openPopup: read('openPopup') };
}

/** Calls back with the settings after every change, whoever made it. @returns ends it */
export function watchSettings(onChange: (settings: Settings) => void): () => void {
  const listener = (changes: Record<string, chrome.storage.StorageChange>, area: string) => {
    const change = area === 'local' ? changes[KEY] : undefined;
    if (change) onChange(parseSettings(change.newValue));
  };
  chrome.storage.onChanged.addListener(listener);
  return () => chrome.storage.onChanged.removeListener(listener);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
