import { useRef } from 'preact/hooks';
import {
  type MediaHost,
  type MediaUpload,
  mediaConsentFacts,
  mediaKindOf,
  mediaTypes,
  originPattern,
} from '../../src/remote';
import { Dialog } from '../../src/ui/Dialog';
import { FactRows } from '../../src/ui/FactRows';
import { formatBytes, formatMoment } from '../../src/ui/format';
import { Glyph } from '../../src/ui/icons';
import { tame } from '../../src/ui/sentence';
import { say, t, words } from '../../src/ui/text';
import { askForHosts } from '../popup/access';
import { MediaAnswerPart, MediaLists } from './MediaAnswers';
import type { MediaSession } from './media-session';

/** Video and sound: nothing here is judged on this computer, so it stands apart from the images. */
export function Media({ media }: { media: MediaSession }) {
  const hosts = media.hosts.value;
  if (hosts === null) return null;
  const locked = hosts.some(({ config }) => config.locked);
  return (
    <section class="media card stack" aria-labelledby="media-title">
      <h2 id="media-title">{t('media.title')}</h2>
      <p class="measure">{t('media.intro')}</p>
      {hosts.length === 0 && <p class="note">{t('media.none')}</p>}
      {locked && <p class="note">{t('media.locked')}</p>}
      {(hosts.length === 0 || locked) && (
        <div class="row">
          <a class="button" href="/options.html">
            {t('media.setUp')}
          </a>
        </div>
      )}
      {hosts.length > 0 && <Chooser media={media} hosts={hosts} />}
      <Progressing media={media} />
      <Problem media={media} />
      <MediaAnswerPart media={media} />
      <MediaLists media={media} />
      <Question media={media} />
    </section>
  );
}

function Chooser({ media, hosts }: { media: MediaSession; hosts: readonly MediaHost[] }) {
  const picker = useRef<HTMLInputElement>(null);
  const file = media.file.value;
  const host = media.host.value;
  const busy = media.doing.value.kind !== 'idle';
  return (
    <div class="stack">
      <div class="row">
        <button type="button" disabled={busy} onClick={() => picker.current?.click()}>
          <Glyph name="files" />
          {t('media.choose')}
        </button>
        <input
          ref={picker}
          id="media-file"
          class="visually-hidden"
          type="file"
          accept={mediaTypes().join(',')}
          tabIndex={-1}
          aria-hidden="true"
          onChange={({ currentTarget }) => {
            media.choose(currentTarget.files?.[0] ?? null);
            currentTarget.value = '';
          }}
        />
        {file && <span>{t('media.file', [tame(file.name), formatBytes(file.size)])}</span>}
      </div>
      {file && host === null && (
        <p class="note" role="status">
          {t('media.nobody', [hosts.map(takesWords).join(' ')])}
        </p>
      )}
      {file && host !== null && (
        <div class="row media-service">
          <label>
            <span>{t('media.service')}</span>
            <select
              value={host.id}
              disabled={busy}
              onChange={({ currentTarget: { value } }) => {
                const chosen = media.fitting.value.find(({ id }) => id === value);
                if (chosen) media.chooseHost(chosen.id);
              }}
            >
              {media.fitting.value.map(({ id, definition }) => (
                <option key={id} value={id}>
                  {definition.name}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            class="primary"
            disabled={busy || host.config.locked === true}
            onClick={() => {
              media.asking.value = host;
            }}
          >
            {t('media.ask')}
          </button>
        </div>
      )}
    </div>
  );
}

/** `VeriPlus: video, up to 50 MB.` for each kind that it takes. */
function takesWords({ definition, media }: MediaHost): string {
  return media.kinds
    .map(({ kind, maxBytes }) =>
      t('media.takes', [definition.name, say(`media.kind.${kind}`), formatBytes(maxBytes)]),
    )
    .join(' ');
}

function Progressing({ media }: { media: MediaSession }) {
  const doing = media.doing.value;
  if (doing.kind === 'idle') return null;
  const polling = doing.kind === 'polling';
  return (
    <div class="stack">
      <p role="status">
        <strong>{say(`media.${doing.kind}`, tame(doing.name))}</strong>
        {polling && doing.estimate !== null && ` ${t('media.estimate', [doing.estimate])}`}
        {polling && ` ${t('media.outlives')}`}
      </p>
      {polling && doing.asked > 0 && (
        <p class="small soft">{t('media.polled', doing.asked, [String(doing.asked)])}</p>
      )}
      <div class="row">
        <button type="button" onClick={media.cancel}>
          {polling ? t('media.stopWaiting') : t('media.cancel')}
        </button>
      </div>
    </div>
  );
}

/** What went wrong, in words; or that this file may have been paid for already. */
function Problem({ media }: { media: MediaSession }) {
  const earlier = media.earlier.value;
  const failure = media.failure.value;
  const host = media.host.value;
  if (earlier !== null && host !== null) {
    const sentAt = formatMoment(earlier.sentAt, Date.now());
    return (
      <div class="note stack" role="alert">
        <p>{earlierWords(earlier, host.definition.name, sentAt)}</p>
        <div class="row">
          {earlier.answer !== null && (
            <button type="button" onClick={() => media.show(earlier)}>
              {t('media.sent.show')}
            </button>
          )}
          <button
            type="button"
            onClick={() => {
              media.asking.value = host;
            }}
          >
            {t('media.sendAgain')}
          </button>
        </div>
      </div>
    );
  }
  if (failure === null) return null;
  const { code, args = [] } = failure;
  if (code === 'cancelled') return <p role="status">{t('media.cancelled')}</p>;
  if (code === 'provider-timeout' && failure.fate === 'answered') {
    return <p role="status">{t('media.stillWorking', [String(args[0] ?? '')])}</p>;
  }
  const refused = code === 'provider-rejected-image';
  // What it said itself, where it said something.
  const own = args[1] === undefined ? '' : tame(String(args[1]));
  return (
    <div class="note" role="alert">
      <p>
        {refused ? say('media.rejected', ...args) : say(`failures.${code}.what`, ...args)} {own}
      </p>
      <p>{refused ? t('media.rejectedNext') : say(`failures.${code}.next`, ...args)}</p>
      {failure.retryAt !== undefined && failure.retryAt > Date.now() && (
        <p class="small">{t('popup.failure.retryAt', [formatMoment(failure.retryAt, Date.now())])}</p>
      )}
    </div>
  );
}

/** The question before each upload: what is sent, to whom, how long it is kept, at what cost. */
function Question({ media }: { media: MediaSession }) {
  const host = media.asking.value;
  const file = media.file.value;
  const kind = file && mediaKindOf(file);
  if (host === null || kind === null) return null;
  const facts = mediaConsentFacts(host.id, host.config, kind);
  const close = () => {
    media.asking.value = null;
  };
  const earlier = media.earlier.value;
  return (
    <Dialog
      title={say(`media.consent.title.${kind}`, facts.name)}
      onClose={close}
      footer={
        <div class="row">
          <button type="button" onClick={close}>
            {t('consent.refuse')}
          </button>
          <button
            type="button"
            onClick={() => {
              // Before anything is awaited: the browser asks only straight from a click.
              const permitted = askForHosts([originPattern(host.config.baseUrl)]);
              close();
              void media.send(host, permitted, earlier !== null);
            }}
          >
            {t('consent.send', [facts.name])}
          </button>
        </div>
      }
    >
      {earlier !== null && (
        <p class="note">{earlierWords(earlier, facts.name, formatMoment(earlier.sentAt, Date.now()))}</p>
      )}
      <p>{words(facts.sentence)}</p>
      <FactRows rows={facts.rows} />
    </Dialog>
  );
}

/** What is known of an earlier upload of the same file. */
function earlierWords({ state, answer }: MediaUpload, name: string, sentAt: string): string {
  if (answer !== null) return t('media.earlierAnswered', [name, sentAt]);
  const isOpen = state === 'processing' || state === 'completed';
  return isOpen ? t('media.earlierRunning', [name, sentAt]) : t('media.earlier', [name, sentAt]);
}
