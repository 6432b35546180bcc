/** Longest wait for a sign of life. */
const PATIENCE = 5_000;

/**
 * Whether anything answers at a server now. Asked after a connection was cut without a word: where
 * nobody answers, the upload met nobody either; where somebody does, it may have arrived. The
 * request carries neither key nor image.
 */
export async function serverAnswers(baseUrl: string): Promise<boolean> {
  try {
    await fetch(new URL(baseUrl).origin, {
      method: 'HEAD',
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE),
    });
    return true;
  } catch {
    return false;
  }
}
