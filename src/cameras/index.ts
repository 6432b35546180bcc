import { database, write } from '../storage/database';
import { LONGEST_NAME, MOST_CAMERAS } from './settings';
import type { Camera, CameraEntry, Enrolment } from './types';

export type { Camera, CameraEntry, Enrolment, EnrolProgress, PhotoOutcome } from './types';

/** All enrolled cameras with their patterns, oldest first: a megabyte each. */
export async function readCameras(): Promise<readonly Camera[]> {
  return (await database()).getAllFromIndex('cameras', 'createdAt');
}

/** Enrolled cameras for lists, oldest first. */
export async function listCameras(): Promise<readonly CameraEntry[]> {
  return (await readCameras()).map(({ pattern: _pattern, ...entry }) => entry);
}

/**
 * Keeps a camera under a name.
 * @throws RangeError where the name is empty or there are MOST_CAMERAS already; CheckError `storage-full`
 */
export async function keepCamera(
  name: string,
  fingerprint: Enrolment['fingerprint'],
  now = Date.now(),
): Promise<CameraEntry> {
  const trimmed = name.trim().slice(0, LONGEST_NAME);
  if (trimmed === '') throw new RangeError('Expected a name');
  const camera: Camera = { ...fingerprint, id: crypto.randomUUID(), name: trimmed, createdAt: now };
  await write(['cameras'], async (tx) => {
    const store = tx.objectStore('cameras');
    if ((await store.count()) >= MOST_CAMERAS)
      throw new RangeError(`Expected fewer than ${MOST_CAMERAS} cameras`);
    await store.put(camera);
  });
  const { pattern: _pattern, ...entry } = camera;
  return entry;
}

export async function forgetCamera(id: string): Promise<void> {
  await write(['cameras'], (tx) => tx.objectStore('cameras').delete(id));
}
