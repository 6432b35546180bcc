import { clearHistory, exportHistory } from '../history';
import { clearMedia, type MediaUpload, mediaUploads } from '../remote';

/**
 * Removes all that past checks have left: history, evidence, kept bytes, finished checks, and what was
 * sent of video and sound. Checks that still run or wait stay; so do settings and keys.
 */
export async function clearEverything(): Promise<void> {
  await Promise.all([clearHistory(), clearMedia()]);
}

/** The whole history as a JSON file, answers about video and sound with it. */
export async function exportEverything(): Promise<Blob> {
  return exportHistory(Date.now(), (await answeredMedia()).map(exported));
}

/** Answers of services about video and sound, newest first. */
export async function answeredMedia(): Promise<readonly AnsweredMedia[]> {
  return (await mediaUploads()).filter(isAnswered);
}

/** A video or sound file that a service has judged. */
export type AnsweredMedia = MediaUpload & { readonly answer: NonNullable<MediaUpload['answer']> };

function isAnswered(upload: MediaUpload): upload is AnsweredMedia {
  return upload.answer !== null;
}

/** What leaves the browser, named field by field as for images. */
function exported({ kind, name, provider, sha256, sentAt, answer }: AnsweredMedia) {
  return { kind, name, provider, sha256, sentAt: new Date(sentAt).toISOString(), answer };
}
