import { CheckError } from '../failures';
import { sha256Hex } from '../forensics/hash';
import { originPattern } from './address';
import { remember, withFate } from './ask';
import { configuredProviders, providerConfig } from './config';
import { createLine } from './line';
import { mediaScope } from './media-consent';
import {
  earlierUpload,
  forgetMedia,
  keepMedia,
  type MediaUpload,
  mediaReceipts,
  noteJob,
} from './media-uploads';
import { pauseFor } from './pause';
import { inTurn } from './queue';
import { definitionFor, PROVIDERS } from './registry';
import type {
  MediaJob,
  MediaKind,
  MediaService,
  ProviderDefinition,
  ProviderId,
  StoredProvider,
} from './types';

/**
 * The only way out of the machine for a video or a sound file, beside `ask.ts` for images. The person
 * is asked before every such upload: they are rare, large, and cost several times what an image does.
 */

/** A service that is set up and takes video or sound. */
export interface MediaHost {
  readonly id: ProviderId;
  readonly definition: ProviderDefinition;
  readonly media: MediaService;
  readonly config: StoredProvider;
}

/** Every MIME type that some service takes, set up or not: what a file chooser offers. */
export function mediaTypes(): readonly string[] {
  return [...new Set(PROVIDERS.flatMap(({ media }) => media?.kinds.flatMap(({ types }) => types) ?? []))];
}

/** Video or sound, by a file's MIME type; null for anything else. */
export function mediaKindOf(file: Blob): MediaKind | null {
  if (file.type.startsWith('video/')) return 'video';
  return file.type.startsWith('audio/') ? 'audio' : null;
}

/** Whether a service takes a file of this kind, type and size. */
export function takesMedia(media: MediaService, file: Blob): boolean {
  const kind = mediaKindOf(file);
  return media.kinds.some(
    (one) => one.kind === kind && one.types.includes(file.type) && file.size <= one.maxBytes,
  );
}

/** Services that are set up and take video or sound, in the order of the person. */
export async function mediaHosts(): Promise<readonly MediaHost[]> {
  return (await configuredProviders()).flatMap(({ id, config }) => {
    const definition = definitionFor(id, config);
    return definition.media === null ? [] : [{ id, definition, media: definition.media, config }];
  });
}

/** The same file left for the same server before: it has been or may have been charged. */
export class MaybeSentError extends Error {
  override readonly name = 'MaybeSentError';
  constructor(readonly upload: MediaUpload) {
    super(`${upload.provider}: sent before, ${upload.state}`);
  }
}

export interface SendMedia {
  readonly file: File;
  /** `mediaScope` of what the person was shown and said yes to. */
  readonly agreed: string | null;
  /** The person knows that an earlier upload of the file has been or may have been charged. */
  readonly despiteEarlier?: boolean;
  /** Called when the file leaves. */
  readonly onLeaving?: () => void;
}

/**
 * Sends a file, once. Waits for its turn in the provider's queue and for a place in the key's bucket.
 * A receipt is written before the file leaves, and the answer or the job's id as soon as it is known.
 * @throws MaybeSentError; CheckError `permission-denied` without agreement to this very sending, without
 *   host permission, with locked keys; `provider-*`, `offline`, `cancelled` with `fate`
 */
export async function sendMedia(
  id: ProviderId,
  { file, agreed, despiteEarlier = false, onLeaving }: SendMedia,
  signal: AbortSignal,
): Promise<MediaUpload> {
  const { config, definition, media } = await admitted(id);
  const kind = mediaKindOf(file);
  if (kind === null || !takesMedia(media, file)) {
    const detail = `${file.type}, ${file.size} bytes: not sent`;
    throw new CheckError({
      code: 'provider-rejected-image',
      args: [definition.name],
      detail,
      fate: 'not-sent',
    });
  }
  if (agreed !== mediaScope(id, config, kind)) throw denied(definition, `${id}: no agreement to ${kind}`);
  if (signal.aborted) throw new CheckError({ code: 'cancelled', fate: 'not-sent' });
  const upload: MediaUpload = {
    id: crypto.randomUUID(),
    provider: id,
    origin: new URL(config.baseUrl).origin,
    kind,
    name: file.name,
    sha256: await sha256Hex(await file.arrayBuffer()),
    sentAt: Date.now(),
    state: 'sending',
    jobId: null,
    estimate: null,
    answer: null,
  };
  const free = definition.repeatsAreFree(config);
  const earlier = earlierUpload(await mediaReceipts(), upload);
  if (earlier !== null && !despiteEarlier && !free) throw new MaybeSentError(earlier);
  let sent = false;
  const line = createLine(definition, config, {
    beforeSending: async () => {
      // The receipt first: a page that is closed in the next moment must not forget it.
      await keepMedia(upload);
      sent = true;
      onLeaving?.();
    },
  });
  let running: Promise<MediaJob> | undefined;
  try {
    const job = await inTurn(definition, config, signal, () => {
      running = media.submit({ kind, file }, { ...config, line }, signal);
      return running;
      // The queue lets go at once where it is cancelled; only the conversation knows what became of the file.
    }).catch((thrown: unknown) => running ?? Promise.reject(thrown));
    const done = standing(upload, job);
    await keepMedia(done);
    // The new receipt stands for an earlier one that told no answer.
    if (earlier !== null && earlier.answer === null) await forgetMedia(earlier.id);
    return done;
  } catch (thrown) {
    if (!(thrown instanceof CheckError)) throw thrown;
    const failure = await withFate(thrown.failure, sent, config);
    const open = failure.fate === 'unknown' || failure.fate === 'answered';
    if (sent) await (open ? keepMedia({ ...upload, state: 'unknown' }) : forgetMedia(upload.id));
    await remember(id, failure);
    throw new CheckError(failure, { cause: thrown.cause });
  }
}

function standing(upload: MediaUpload, { id, state, estimate, answer }: MediaJob): MediaUpload {
  return { ...upload, jobId: id, state, estimate, answer };
}

/**
 * Asks how a job stands, and writes it down. Sends no file.
 * @throws CheckError
 */
export async function fetchMediaJob(id: ProviderId, jobId: string, signal: AbortSignal): Promise<MediaJob> {
  const { config, definition, media } = await admitted(id);
  if (media.job === null) throw denied(definition, `${id} has no jobs`);
  const job = await media.job(jobId, { ...config, line: createLine(definition, config) }, signal);
  await noteJob(id, new URL(config.baseUrl).origin, job);
  return job;
}

/** VeriPlus's own example asks every three seconds. */
const EVERY_MS = 3000;

/** A job that is not done by then is left to be fetched later; it goes on at the provider. */
const PATIENCE_MS = 15 * 60_000;

/**
 * Asks until a job has ended.
 * @param tell called with every state
 * @throws CheckError, `cancelled` where the signal is aborted, `provider-timeout` after a quarter of an hour
 */
export async function followMedia(
  id: ProviderId,
  jobId: string,
  signal: AbortSignal,
  tell: (job: MediaJob) => void = () => undefined,
  { everyMs = EVERY_MS, patienceMs = PATIENCE_MS } = {},
): Promise<MediaJob> {
  const ends = performance.now() + patienceMs;
  for (;;) {
    const job = await fetchMediaJob(id, jobId, signal);
    tell(job);
    if (job.state !== 'processing') return job;
    if (performance.now() >= ends) {
      const { definition } = await admitted(id);
      throw new CheckError({ code: 'provider-timeout', args: [definition.name], fate: 'answered' });
    }
    await pauseFor(everyMs, signal).catch((cause: unknown) => {
      throw new CheckError({ code: 'cancelled' }, { cause });
    });
  }
}

/**
 * The account's newest jobs for video and sound, as the provider lists them; null where it has no list.
 * @throws CheckError
 */
export async function listMediaJobs(
  id: ProviderId,
  signal: AbortSignal,
): Promise<readonly MediaJob[] | null> {
  const { config, definition, media } = await admitted(id);
  if (media.list === null) return null;
  const jobs = await media.list({ limit: 20 }, { ...config, line: createLine(definition, config) }, signal);
  // Jobs for images are checks of their own.
  return jobs.filter(({ kind }) => kind !== null);
}

interface Admitted {
  readonly config: StoredProvider;
  readonly definition: ProviderDefinition;
  readonly media: MediaService;
}

/** Set up, open, takes video or sound, and the browser may talk to it. @throws CheckError `permission-denied` */
async function admitted(id: ProviderId): Promise<Admitted> {
  const config = await providerConfig(id);
  const definition = definitionFor(id, config);
  const { media } = definition;
  if (config === null || media === null) throw denied(definition, `${id}: not set up for video or sound`);
  if (config.locked) throw denied(definition, `${id}: keys locked`);
  const origins = [originPattern(config.baseUrl)];
  if (!(await chrome.permissions.contains({ origins }))) throw denied(definition, `${id}: no permission`);
  return { config, definition, media };
}

function denied({ name }: ProviderDefinition, detail: string): CheckError {
  return new CheckError({ code: 'permission-denied', args: [name], detail, fate: 'not-sent' });
}
