import type { Context } from 'hono';
import { type Body, bearerKey, type ContractServer, type Env, startContractServer } from './contract-server';
import { VERIPLUS_AUDIO, VERIPLUS_IMAGE, VERIPLUS_JOB_COMPLETED } from './documented';
import { mediaType } from './media';
import { type Job, openDesk, type WebhookPayload } from './veriplus-jobs';

/**
 * A server on loopback that behaves as VeriPlus's documentation says, and misbehaves on demand. It
 * judges nothing: everything gets the documented examples' verdicts under job numbers of its own.
 */

export const SAMPLE_KEY = 'vp_sample_key_0123456789';
/** A key without credits: 402 `INSUFFICIENT_CREDITS`. */
export const SPENT_KEY = 'vp_sample_key_without_credits';

const MB = 1024 * 1024;

/** The page gives images no size; 10 MB is this server's own. */
const TAKEN = {
  image: { types: ['jpeg', 'png', 'webp'], maxBytes: 10 * MB },
  video: { types: ['mp4', 'mov', 'webm'], maxBytes: 50 * MB },
  audio: { types: ['mp3', 'wav', 'm4a'], maxBytes: 10 * MB },
} as const;
type Field = keyof typeof TAKEN;

/** The five documented errors. The page gives codes and statuses and no body: the envelope is its success's. */
const ERRORS = {
  INVALID_FILE_FORMAT: [400, 'Unsupported file format'],
  FILE_TOO_LARGE: [413, 'File exceeds size limit'],
  INSUFFICIENT_CREDITS: [402, 'Not enough credits'],
  ANALYSIS_FAILED: [500, 'Technical failure'],
  NO_FACE_DETECTED: [400, 'No face found in image/video'],
} as const;

export type VeriPlusError = keyof typeof ERRORS;
export const VERIPLUS_ERRORS: readonly VeriPlusError[] = [
  'INVALID_FILE_FORMAT',
  'FILE_TOO_LARGE',
  'INSUFFICIENT_CREDITS',
  'ANALYSIS_FAILED',
  'NO_FACE_DETECTED',
];

export function veriPlusError(code: VeriPlusError): { status: number; body: string } {
  const [status, words] = ERRORS[code];
  return { status, body: JSON.stringify({ success: false, error: { code, message: words } }) };
}

export interface VeriPlusOptions {
  readonly port?: number;
  /** Jobs at the same time; the FREE plan's 1. */
  readonly concurrent?: number;
  readonly credits?: number;
  /** Times that a video's job has to be asked for until it is done. */
  readonly steps?: number;
  /** Whether videos that come now fail. */
  readonly fails?: () => boolean;
  /** Whether images that come now show a face; only FACE asks for one. */
  readonly face?: () => boolean;
  /** Where webhooks go. */
  readonly notify?: (payload: WebhookPayload) => void;
}

export function startVeriPlus(options: VeriPlusOptions = {}): Promise<ContractServer> {
  let credits = options.credits ?? 1000;
  const desk = openDesk({
    concurrent: options.concurrent ?? 1,
    steps: options.steps ?? 2,
    fails: options.fails ?? (() => false),
    notify: options.notify ?? (() => undefined),
  });

  /** Credits off, or the refusal. */
  const charge = (context: Context<Env>, price: number): Response | null => {
    if (context.get('key') === SPENT_KEY || credits < price) return refuse('INSUFFICIENT_CREDITS');
    credits -= price;
    return null;
  };

  return startContractServer(
    {
      authenticate(context) {
        const key = bearerKey(context);
        if (key === SAMPLE_KEY || key === SPENT_KEY) return key;
        return context.json(
          { success: false, error: { code: 'UNAUTHORIZED', message: 'Invalid API key' } },
          401,
        );
      },
      routes(app) {
        app.post('/api/v4/deepfake/analyse/image', (context) => {
          const body = context.get('body');
          const wrong = check(body, 'image', ['FACE', 'DOCUMENT', 'GENERAL']);
          if (wrong !== null) return refuse(wrong);
          if (body.texts.analysisType === 'FACE' && options.face?.() === false) {
            return refuse('NO_FACE_DETECTED');
          }
          const refused = charge(context, 2);
          if (refused !== null) return refused;
          const { analysis, ...rest } = JSON.parse(VERIPLUS_IMAGE).data;
          const data = { ...rest, ...(body.texts.returnDetails === 'true' ? { analysis } : {}) };
          const job = desk.file('IMAGE', data);
          return context.json({ success: true, data: { ...data, jobId: job.jobId } });
        });
        app.post('/api/v4/deepfake/analyse/video', (context) => {
          const body = context.get('body');
          const wrong = check(body, 'video', ['VERIFICATION', 'GENERAL']);
          if (wrong !== null) return refuse(wrong);
          const refused = charge(context, 5);
          if (refused !== null) return refused;
          const job = desk.open('VIDEO', completed(body));
          const data = { jobId: job.jobId, status: job.status, estimatedTime: '45 seconds' };
          return context.json({ success: true, data });
        });
        app.post('/api/v4/deepfake/analyse/audio', (context) => {
          const wrong = check(context.get('body'), 'audio', []);
          if (wrong !== null) return refuse(wrong);
          const refused = charge(context, 3);
          if (refused !== null) return refused;
          const { data } = JSON.parse(VERIPLUS_AUDIO);
          const job = desk.file('AUDIO', data);
          return context.json({ success: true, data: { ...data, jobId: job.jobId } });
        });
        app.get('/api/v4/deepfake/jobs', (context) => {
          const { status, mediaType: type, limit } = context.req.query();
          const jobs = desk
            .all()
            .filter((job) => status === undefined || job.status === status)
            .filter((job) => type === undefined || job.mediaType === type)
            .slice(0, Number(limit ?? 20));
          return context.json({ success: true, data: jobs.map(shown) });
        });
        app.get('/api/v4/deepfake/jobs/:id', (context) => {
          const job = desk.find(context.req.param('id'));
          if (job === undefined) return notFound(context);
          desk.advance(job);
          return context.json({ success: true, data: shown(job) });
        });
      },
      notFound,
    },
    options.port,
  );
}

function notFound(context: Context<Env>): Response {
  return context.json({ success: false, error: { code: 'NOT_FOUND', message: 'Not found' } }, 404);
}

/** A job as it is answered: all of it once it is done. */
function shown(job: Job): Record<string, unknown> {
  const { jobId, status, mediaType: type } = job;
  return status === 'COMPLETED'
    ? { ...job.done, jobId, status, mediaType: type }
    : { jobId, status, mediaType: type };
}

/** The documented job; frames and liveness only where they were asked for. */
function completed(body: Body): Record<string, unknown> {
  const { suspiciousFrames, analysis, ...rest } = JSON.parse(VERIPLUS_JOB_COMPLETED).data;
  const { liveness, ...others } = analysis;
  return {
    ...rest,
    analysis: body.texts.includeLiveness === 'true' ? { ...others, liveness } : others,
    ...(body.texts.returnSuspiciousFrames === 'true' ? { suspiciousFrames } : {}),
  };
}

function check(body: Body, field: Field, analysisTypes: readonly string[]): VeriPlusError | null {
  const file = body.files.find((given) => given.field === field);
  const type = file === undefined ? null : mediaType(file.bytes);
  const taken = TAKEN[field];
  if (file === undefined || !taken.types.some((known) => known === type)) return 'INVALID_FILE_FORMAT';
  if (file.bytes.byteLength > taken.maxBytes) return 'FILE_TOO_LARGE';
  const { analysisType, returnDetails } = body.texts;
  const odd = analysisType !== undefined && !analysisTypes.includes(analysisType);
  const neither = returnDetails !== undefined && !['true', 'false'].includes(returnDetails);
  return odd || neither ? 'INVALID_FILE_FORMAT' : null;
}

function refuse(code: VeriPlusError): Response {
  const { status, body } = veriPlusError(code);
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}
