import * as Comlink from 'comlink';
import { openImage } from '../forensics/decode';
import type { ForensicImage } from '../forensics/image';
import { CameraLearner } from './learn';
import { LEAST_PHOTOS, MOST_PHOTOS } from './settings';
import type { Enrolment, EnrolProgress, PhotoOutcome } from './types';

/** What the worker answers; stopped by terminating it. */
export interface EnrolWorkerApi {
  enrol(files: readonly File[], onProgress: (progress: EnrolProgress) => void): Promise<EnrolAnswer>;
}

export type EnrolAnswer =
  | { readonly kind: 'learned'; readonly enrolment: Enrolment }
  | { readonly kind: 'too-few'; readonly outcomes: Readonly<Record<PhotoOutcome, number>> };

const never = new AbortController().signal;

const api: EnrolWorkerApi = {
  async enrol(files, onProgress) {
    const chosen = files.slice(0, MOST_PHOTOS);
    const learner = new CameraLearner();
    for (const [done, file] of chosen.entries()) {
      onProgress({ done, total: chosen.length });
      const image = await open(file);
      try {
        learner.add(image);
      } finally {
        image?.close();
      }
    }
    onProgress({ done: chosen.length, total: chosen.length });
    const { outcomes } = learner;
    if (learner.used < LEAST_PHOTOS) return { kind: 'too-few', outcomes };
    return { kind: 'learned', enrolment: { fingerprint: learner.finish(), outcomes } };
  },
};

/** Null for what is no picture, too large, or broken: one bad file must not cost the others. */
async function open(file: File): Promise<(ForensicImage & { close(): void }) | null> {
  try {
    return await openImage(new Uint8Array(await file.arrayBuffer()), 'file', never);
  } catch {
    return null;
  }
}

Comlink.expose(api);
