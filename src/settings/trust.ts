/**
 * Signers that the person trusts besides the shipped lists: a file of certificates (PEM) in the extension's
 * private file system, which workers and pages can read and `chrome.storage` cannot reach from there.
 */

const FILE = 'trust-anchors.json';

/** Largest file that is taken: the official list has 30 certificates in 38 KB. */
const MAX_CHARS = 1_000_000;

export interface UserTrust {
  /** Day of the import, ISO 8601. */
  readonly issued: string;
  /** Certificates, PEM, one an entry. */
  readonly anchors: readonly string[];
  readonly allowed: readonly string[];
}

/** The imported certificates, or null where there are none. */
export async function readUserTrust(): Promise<UserTrust | null> {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle(FILE).catch(() => null);
  if (!handle) return null;
  const stored: unknown = JSON.parse(await (await handle.getFile()).text());
  return isUserTrust(stored) ? stored : null;
}

/**
 * Keeps the certificates of a PEM file in place of those imported before.
 * @returns how many there are; 0 where the text holds none, and then nothing is changed
 */
export async function importUserTrust(pem: string, today: string): Promise<number> {
  const anchors = certificatesOf(pem);
  if (anchors.length === 0) return 0;
  const folder = await navigator.storage.getDirectory();
  const writable = await (await folder.getFileHandle(FILE, { create: true })).createWritable();
  await writable.write(JSON.stringify({ issued: today, anchors, allowed: [] } satisfies UserTrust));
  await writable.close();
  return anchors.length;
}

/** Forgets the imported certificates. */
export async function forgetUserTrust(): Promise<void> {
  const folder = await navigator.storage.getDirectory();
  await folder.removeEntry(FILE).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  });
}

/** Every whole certificate in a PEM text, once each, with plain line ends. */
export function certificatesOf(pem: string): string[] {
  const found =
    pem
      .slice(0, MAX_CHARS)
      .match(/-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g) ?? [];
  return [...new Set(found.map((one) => one.replaceAll('\r', '')))];
}

function isUserTrust(value: unknown): value is UserTrust {
  if (typeof value !== 'object' || value === null) return false;
  const { issued, anchors }: Partial<Record<keyof UserTrust, unknown>> = value;
  return (
    typeof issued === 'string' && Array.isArray(anchors) && anchors.every((one) => typeof one === 'string')
  );
}
