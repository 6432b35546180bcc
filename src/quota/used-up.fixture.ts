import { write } from '../storage/database';
import { takePlace } from '.';
import { FREE_LOCAL_CHECKS } from './settings';

/** Takes every free check of the day. */
export async function useUpQuota(now: number): Promise<void> {
  await write(['quota'], async (tx) => {
    for (let i = 0; i < FREE_LOCAL_CHECKS; i++) await takePlace(tx, `used-${i}`, now);
  });
}
