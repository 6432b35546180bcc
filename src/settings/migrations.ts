/** Every change of the settings' shape, oldest first. A published one is never edited. */
export const MIGRATIONS: readonly SettingsMigration[] = [
  // The first shape: nothing came before it.
  { version: 1, date: '2026-11-21', migrate: (settings) => settings },
];

export interface SettingsMigration {
  readonly version: number;
  /** Day it was written, ISO 8601. */
  readonly date: string;
  /** @param settings as stored by the version before, not validated */
  migrate(settings: Record<string, unknown>): Record<string, unknown>;
}

export const SETTINGS_VERSION = MIGRATIONS.reduce((highest, { version }) => Math.max(highest, version), 0);
