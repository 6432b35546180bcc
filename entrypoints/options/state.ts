import { signal } from '@preact/signals';
import { countHistory } from '../../src/history';
import { type QuotaState, quotaState } from '../../src/quota';
import {
  type Consent,
  consentFor,
  definitionFor,
  mediaReceipts,
  type ProviderDefinition,
  providerConfig,
  providerOrder,
  type Readiness,
  readiness,
  type StoredProvider,
  type UsageSnapshot,
  usageOf,
  type VaultStatus,
  vaultStatus,
  watchMedia,
  watchProviders,
  watchVault,
} from '../../src/remote';
import { channelAnnouncer, listen } from '../../src/rpc/announcements';
import { readSettings, type Settings, watchSettings } from '../../src/settings';
import { t } from '../../src/ui/text';

/** A provider with all that the page shows of it. */
export interface ProviderView {
  /** As it is set up: a self-hosted server has the limits and bands of its shape. */
  readonly definition: ProviderDefinition;
  /** What the card is called: a server of one's own has no name before it is set up. */
  readonly name: string;
  readonly config: StoredProvider | null;
  readonly consent: Consent | null;
  readonly readiness: Readiness['state'];
  readonly usage: UsageSnapshot;
}

export interface HistoryView {
  readonly checks: number;
  /** Video and sound files that were sent to services. */
  readonly media: number;
  /** Bytes that the browser counts for this extension, or null where it does not say. */
  readonly bytes: number | null;
}

/** What the page shows; null until first read. The truth is in storage, and read again when it changes. */
export const providers = signal<readonly ProviderView[] | null>(null);
export const vault = signal<VaultStatus | null>(null);
export const origins = signal<readonly string[] | null>(null);
export const quota = signal<QuotaState | null>(null);
export const history = signal<HistoryView | null>(null);
export const settings = signal<Settings | null>(null);

const announcer = channelAnnouncer();

/** Tells popup and worker that keys or agreements changed. */
export function announceSettings(): void {
  announcer.announce({ type: 'settings-changed' });
}

/** Tells the popup that the history changed. */
export function announceHistory(): void {
  announcer.announce({ type: 'history-changed' });
}

export async function load(): Promise<void> {
  await Promise.all([loadProviders(), loadOrigins(), loadQuota(), loadHistory(), loadSettings()]);
}

async function loadSettings(): Promise<void> {
  settings.value = await readSettings();
}

export async function loadProviders(): Promise<void> {
  vault.value = await vaultStatus();
  providers.value = await Promise.all(
    (await providerOrder()).map(async (id) => {
      const config = await providerConfig(id);
      const definition = definitionFor(id, config);
      const unnamed = id === 'self-hosted' && config === null;
      return {
        definition,
        name: unnamed ? t('options.selfHosted.name') : definition.name,
        config,
        consent: config === null ? null : await consentFor(id, config),
        readiness: (await readiness(id)).state,
        usage: await usageOf(id),
      };
    }),
  );
}

export async function loadOrigins(): Promise<void> {
  origins.value = (await chrome.permissions.getAll()).origins ?? [];
}

async function loadQuota(): Promise<void> {
  quota.value = await quotaState();
}

export async function loadHistory(): Promise<void> {
  const [{ total }, sent, { usage }] = await Promise.all([
    countHistory(),
    mediaReceipts(),
    navigator.storage.estimate(),
  ]);
  history.value = { checks: total, media: sent.length, bytes: usage ?? null };
}

/** Reads again what changes elsewhere while the page is open. */
export function follow(): void {
  watchProviders(() => void loadProviders());
  watchVault(() => void loadProviders());
  watchMedia(() => void loadHistory());
  watchSettings((changed) => {
    settings.value = changed;
  });
  const permissionsChanged = () => void Promise.all([loadOrigins(), loadProviders()]);
  chrome.permissions.onAdded.addListener(permissionsChanged);
  chrome.permissions.onRemoved.addListener(permissionsChanged);
  listen(({ type }) => {
    if (type === 'quota-changed') void loadQuota();
    if (type === 'history-changed') void loadHistory();
  });
  // Midnight may have passed while nobody looked.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void loadQuota();
  });
}
