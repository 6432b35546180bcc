import type { ImageSource } from '../acquire/types';
import { CheckError } from '../failures';
import { getEntry } from '../history';
import type { ChecksApi } from '../rpc/contracts';
import { database } from '../storage/database';
import type { JobRow } from '../storage/schema';
import type { CheckRunner } from './runner';
import { readBytes } from './store';

/** What the extension's own pages may ask of the checks. */
export function createChecksApi(runner: CheckRunner): ChecksApi {
  const { remote, announcer } = runner.ports;

  const known = (provider: string) => {
    const found = remote.provider(provider);
    if (!found) throw new CheckError({ code: 'unexpected', detail: `no provider is called ${provider}` });
    return found;
  };

  async function ask(reportId: string, engine: string): Promise<string> {
    const made = await jobOf(reportId);
    const kept = made?.acquired && (await readBytes(made.acquired.sha256));
    const acquired = kept ? (made.acquired ?? undefined) : undefined;
    const source = made?.source ?? (await sourceOf(reportId));
    return runner.start(source, {
      engine,
      acquired,
      opinionOf: reportId,
      incognito: made?.incognito ?? false,
    });
  }

  return {
    run: (jobId, options) => runner.run(jobId, { engine: options?.engine ?? null }),
    cancel: (jobId) => runner.cancel(jobId),
    dismiss: (jobId) => runner.dismiss(jobId),

    async setConsent(provider, agreed, mode) {
      await remote.setConsent(known(provider).id, agreed, mode);
      announcer.announce({ type: 'settings-changed' });
    },

    async recheck(reportId) {
      // The person paid for this image already; a report's id is that of the check that made it.
      const incognito = (await jobOf(reportId))?.incognito ?? false;
      return runner.start(await sourceOf(reportId), { countsAs: reportId, incognito });
    },

    allowOnce: (jobId, provider) => runner.run(jobId, { allow: known(provider).id }),
    sendAgain: (jobId) => runner.run(jobId, { resend: true }),
    secondOpinion: ask,
    askSecondOpinions: (reportId, asked) =>
      Promise.all([...new Set(asked)].map((provider) => ask(reportId, provider))),
  };
}

/**
 * Where a report's image was met. The check that made it knows best; one that is forgotten leaves
 * the addresses in the report, and of those only a web address can be asked again.
 * @throws CheckError `no-image-here`
 */
async function sourceOf(reportId: string): Promise<ImageSource> {
  const made = await jobOf(reportId);
  if (made) return made.source;
  const { url, page } = (await getEntry(reportId))?.report.source ?? { url: null, page: null };
  if (!url || !/^https?:/i.test(url))
    throw new CheckError({ code: 'no-image-here', detail: 'no web address' });
  const nowhere = { tabId: -1, frameId: -1, windowId: -1, box: null, elementToken: null };
  return { kind: 'image', url, pageUrl: page, ...nowhere };
}

async function jobOf(reportId: string): Promise<JobRow | undefined> {
  return (await database()).getFromIndex('jobs', 'reportId', reportId);
}
