import { useEffect, useRef } from 'preact/hooks';
import { definitionFor, type MediaAnswer, type MediaUpload, type ProviderId } from '../../src/remote';
import { FactRows } from '../../src/ui/FactRows';
import { formatMoment, formatPercent, wholePercent } from '../../src/ui/format';
import { VerdictIcon } from '../../src/ui/icons';
import { LayerList } from '../../src/ui/LayerList';
import { ProviderWords } from '../../src/ui/ProviderWords';
import { tame } from '../../src/ui/sentence';
import { say, t } from '../../src/ui/text';
import { verdictWord } from '../../src/ui/verdict';
import type { MediaSession } from './media-session';

/** Nothing of a video is drawn: findings stand as words and tables. */
const NO_PICTURE = { src: null, width: 1, height: 1 };

/** A service's answer, with its own words and score beside ours, and the moments it found suspicious. */
export function MediaAnswerPart({ media }: { media: MediaSession }) {
  const shown = media.shown.value;
  if (shown === null) return null;
  const { answer } = shown;
  const definition = definitionOf(media, shown.provider);
  return (
    <section class="media-answer stack" aria-labelledby="media-answer">
      <AnswerTitle media={media} name={shown.name} />
      {answer === null ? (
        <p role="status">{t('media.failed')}</p>
      ) : (
        <>
          <p class="media-verdict" role="status" data-verdict={answer.verdict}>
            <VerdictIcon verdict={answer.verdict} size={18} />
            <strong>{verdictWord(answer.verdict)}</strong>
            <span class="soft">
              {t('media.estimateAi', [formatPercent(wholePercent(answer.probability))])}
            </span>
          </p>
          <ProviderWords
            name={definition.name}
            own={answer.own}
            bands={definition.bands}
            scaleKey={definition.scaleKey}
            hashMatches={null}
          />
          <Moments layers={answer.layers} />
          {answer.layers.length > 0 && <LayerList layers={answer.layers} image={NO_PICTURE} />}
        </>
      )}
    </section>
  );
}

/** Takes the focus where the page was opened for this answer, which stands below the part for images. */
function AnswerTitle({ media, name }: { media: MediaSession; name: string }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!media.isWanted.value) return;
    media.isWanted.value = false;
    title.current?.scrollIntoView({ block: 'start' });
    title.current?.focus({ preventScroll: true });
  }, [media]);
  return (
    <h3 id="media-answer" ref={title} tabIndex={-1}>
      {t('media.answer', [tame(name)])}
    </h3>
  );
}

/** The moments that the service names, without a fold to open. */
function Moments({ layers }: { layers: MediaAnswer['layers'] }) {
  const named = layers.filter(({ id }) => id.endsWith('.frames')).flatMap(({ facts }) => facts ?? []);
  if (named.length === 0) return null;
  return (
    <>
      <h4>{t('media.moments')}</h4>
      <FactRows rows={named} />
    </>
  );
}

/** What was sent from here, and what the account's own list says. */
export function MediaLists({ media }: { media: MediaSession }) {
  const uploads = media.uploads.value;
  const listing = (media.hosts.value ?? []).filter((host) => host.media.list !== null && !host.config.locked);
  const busy = media.doing.value.kind !== 'idle';
  return (
    <>
      {uploads.length > 0 && (
        <section class="media-list" aria-labelledby="media-sent">
          <h3 id="media-sent">{t('media.sent.title')}</h3>
          <ul>
            {uploads.map((upload) => (
              <Sent key={upload.id} media={media} upload={upload} busy={busy} />
            ))}
          </ul>
        </section>
      )}
      {media.removed.value && <p role="status">{t('media.sent.forgotten')}</p>}
      {listing.map(({ id, definition }) => (
        <section key={id} class="media-list stack" aria-labelledby={`media-jobs-${id}`}>
          <h3 id={`media-jobs-${id}`}>{t('media.jobs.title', [definition.name])}</h3>
          <p class="small soft">{t('media.jobs.hint')}</p>
          <div class="row">
            <button type="button" disabled={busy} onClick={() => void media.list(id)}>
              {t('media.jobs.load', [definition.name])}
            </button>
          </div>
          {media.listed.value?.provider === id && <Jobs media={media} provider={id} busy={busy} />}
        </section>
      ))}
    </>
  );
}

interface SentProps {
  readonly media: MediaSession;
  readonly upload: MediaUpload;
  readonly busy: boolean;
}

function Sent({ media, upload, busy }: SentProps) {
  const { id, provider, jobId, name, state, sentAt, answer, origin } = upload;
  const label = tame(name);
  const when = formatMoment(sentAt, Date.now());
  const host = media.hosts.value?.find((one) => one.id === provider);
  // A job of another server means nothing to this one.
  const same = host !== undefined && new URL(host.config.baseUrl).origin === origin;
  const fetchable =
    same && jobId !== null && host.media.job !== null && answer === null && state !== 'failed';
  return (
    <li>
      <span>
        {t('media.sent.line', [label, definitionOf(media, provider).name, when])}:{' '}
        <span class="soft">{say(`media.state.${state}`)}</span>
      </span>
      {fetchable && (
        <button
          type="button"
          disabled={busy}
          aria-label={t('media.sent.named', [t('media.sent.fetch'), label])}
          onClick={() => void media.fetch(provider, jobId, name)}
        >
          {t('media.sent.fetch')}
        </button>
      )}
      {answer !== null && (
        <button
          type="button"
          disabled={busy}
          aria-label={t('media.sent.named', [t('media.sent.show'), label])}
          onClick={() => media.show(upload)}
        >
          {t('media.sent.show')}
        </button>
      )}
      <button
        type="button"
        disabled={busy}
        aria-label={t('media.sent.named', [t('media.sent.forget'), label])}
        onClick={() => void media.remove(id)}
      >
        {t('media.sent.forget')}
      </button>
    </li>
  );
}

function Jobs({ media, provider, busy }: { media: MediaSession; provider: ProviderId; busy: boolean }) {
  const jobs = media.listed.value?.jobs ?? [];
  if (jobs.length === 0) return <p role="status">{t('media.jobs.empty')}</p>;
  return (
    <ul>
      {jobs.map(({ id, kind, state }) => {
        // The name of the file, where it was sent from here.
        const known = media.uploads.value.find((one) => one.provider === provider && one.jobId === id);
        const label = known ? tame(known.name) : t('media.jobs.job', [tame(id)]);
        return (
          <li key={id}>
            <span>
              {label}
              {kind !== null && ` (${say(`media.kind.${kind}`)})`}:{' '}
              <span class="soft">{say(`media.state.${state}`)}</span>
            </span>
            {state !== 'failed' && (
              <button
                type="button"
                disabled={busy}
                aria-label={t('media.sent.named', [t('media.sent.fetch'), tame(id)])}
                onClick={() => void media.fetch(provider, id, label)}
              >
                {t('media.sent.fetch')}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** A provider as it is set up now; one that was removed meanwhile still has its name. */
function definitionOf(media: MediaSession, id: ProviderId) {
  return media.hosts.value?.find((one) => one.id === id)?.definition ?? definitionFor(id, null);
}
