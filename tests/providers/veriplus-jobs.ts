import { VERIPLUS_JOB_COMPLETED } from './documented';

/** Life cycles of VeriPlus's jobs: `PROCESSING`, then `COMPLETED` or `FAILED`; queued ones wait for a slot. */

export type MediaType = 'IMAGE' | 'VIDEO' | 'AUDIO';
export type JobStatus = 'QUEUED' | 'PROCESSING' | 'COMPLETED' | 'FAILED';

export interface Job {
  readonly jobId: string;
  readonly mediaType: MediaType;
  status: JobStatus;
  /** Times that it has still to be asked for before it is done; jobs advance only by being asked for. */
  left: number;
  readonly fails: boolean;
  /** The whole reply once it is done. */
  readonly done: Record<string, unknown>;
}

/** The documented body of a webhook. */
export interface WebhookPayload {
  readonly event: 'deepfake.scan_completed' | 'deepfake.deepfake_detected' | 'deepfake.job_failed';
  readonly timestamp: string;
  readonly data: {
    readonly jobId: string;
    readonly mediaType: MediaType;
    readonly isDeepfake?: boolean;
    readonly confidence?: number;
    readonly manipulationType?: string | null;
  };
}

export interface JobDesk {
  open(mediaType: MediaType, done: Record<string, unknown>): Job;
  /** Records a job that was done at once. */
  file(mediaType: MediaType, done: Record<string, unknown>): Job;
  find(jobId: string): Job | undefined;
  /** Asked about: a running job comes one step nearer to its end. */
  advance(job: Job): void;
  /** Newest first. */
  all(): readonly Job[];
}

export interface DeskRules {
  /** Jobs that run at the same time: FREE 1, BASIC 3, PROFESSIONAL 10, ENTERPRISE 50. */
  readonly concurrent: number;
  /** Times that a job has to be asked for until it is done. */
  readonly steps: number;
  readonly fails: () => boolean;
  readonly notify: (payload: WebhookPayload) => void;
}

export function openDesk(rules: DeskRules): JobDesk {
  const jobs: Job[] = [];
  const running = () => jobs.filter(({ status }) => status === 'PROCESSING').length;
  const start = () => {
    const next = jobs.find(({ status }) => status === 'QUEUED');
    if (next !== undefined && running() < rules.concurrent) next.status = 'PROCESSING';
  };
  const add = (mediaType: MediaType, done: Record<string, unknown>, status: JobStatus): Job => {
    const prefix = { IMAGE: 'img', VIDEO: 'vid', AUDIO: 'aud' }[mediaType];
    const jobId = `job_${prefix}_${String(jobs.length + 1).padStart(6, '0')}`;
    const job = { jobId, mediaType, status, left: rules.steps, fails: rules.fails(), done };
    jobs.push(job);
    return job;
  };
  return {
    open: (mediaType, done) => add(mediaType, done, running() < rules.concurrent ? 'PROCESSING' : 'QUEUED'),
    file: (mediaType, done) => add(mediaType, done, 'COMPLETED'),
    find: (jobId) => jobs.find((job) => job.jobId === jobId),
    advance(job) {
      if (job.status !== 'PROCESSING') return;
      job.left -= 1;
      if (job.left > 0) return;
      job.status = job.fails ? 'FAILED' : 'COMPLETED';
      rules.notify(webhookPayload(job, new Date().toISOString()));
      start();
    },
    all: () => [...jobs].reverse(),
  };
}

/** What the documentation says goes to a webhook when a job has ended. */
export function webhookPayload(job: Job, timestamp: string): WebhookPayload {
  const { jobId, mediaType } = job;
  if (job.status === 'FAILED') {
    return { event: 'deepfake.job_failed', timestamp, data: { jobId, mediaType } };
  }
  const { isDeepfake, confidence, manipulationType } = JSON.parse(VERIPLUS_JOB_COMPLETED).data.result;
  const event = isDeepfake && confidence >= 70 ? 'deepfake.deepfake_detected' : 'deepfake.scan_completed';
  return { event, timestamp, data: { jobId, mediaType, isDeepfake, confidence, manipulationType } };
}
