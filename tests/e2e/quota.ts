import type { Page } from 'playwright/test';

/** Writes the ledger as four checks of today leave it, and says so. @param page one of the extension's pages */
export async function useUpQuota(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const now = new Date();
    const two = (n: number) => String(n).padStart(2, '0');
    const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const day = { jobs: ['1', '2', '3', '4'], carried: 0, gaveUp: false };
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('truegrain');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const tx = db.transaction('quota', 'readwrite');
    tx.objectStore('quota').put({ today, days: { [today]: day } }, 'ledger');
    await new Promise((resolve) => {
      tx.oncomplete = resolve;
    });
    db.close();
    new BroadcastChannel('truegrain').postMessage({ type: 'quota-changed' });
  });
}
