import { useEffect, useRef, useState } from 'preact/hooks';
import {
  type CameraEntry,
  type EnrolProgress,
  forgetCamera,
  keepCamera,
  listCameras,
  type PhotoOutcome,
} from '../../src/cameras';
import { enrolCamera } from '../../src/cameras/enrol';
import { LEAST_PHOTOS, LONGEST_NAME, MOST_CAMERAS, MOST_PHOTOS } from '../../src/cameras/settings';
import { SURE_PCE } from '../../src/forensics/layers/prnu/cameras';
import { ConfirmButton, Progress } from '../../src/ui/controls';
import { formatMoment, formatNumber } from '../../src/ui/format';
import { say, t } from '../../src/ui/text';
import { Outcome, useOutcome } from './Outcome';

/** Cameras that pictures are compared with, and how to teach one. */
export function Cameras() {
  const [cameras, setCameras] = useState<readonly CameraEntry[] | null>(null);
  const outcome = useOutcome();
  const load = async () => setCameras(await listCameras());
  useEffect(() => void load(), []);
  if (cameras === null) return <p class="soft">{t('options.load')}</p>;

  const forget = async ({ id, name }: CameraEntry) => {
    await forgetCamera(id);
    await load();
    outcome.good(t('cameras.forgotten', [name]));
  };

  return (
    <>
      {cameras.length === 0 ? (
        <p class="soft">{t('cameras.none')}</p>
      ) : (
        <ul class="lines" aria-label={t('cameras.list')}>
          {cameras.map((camera) => (
            <li key={camera.id} class="row spread">
              <div>
                <bdi>{camera.name}</bdi>
                <p class="small soft">
                  {t('cameras.entry', [
                    formatNumber(camera.photos),
                    String(camera.width),
                    String(camera.height),
                    formatMoment(camera.createdAt, Date.now()),
                  ])}
                </p>
                {camera.leastOwn < SURE_PCE && <p class="small soft">{t('cameras.weak')}</p>}
              </div>
              <ConfirmButton
                question={t('cameras.forgetAsk', [camera.name])}
                yes={t('cameras.forgetYes')}
                onConfirm={() => void forget(camera)}
              >
                {t('cameras.forget')}
              </ConfirmButton>
            </li>
          ))}
        </ul>
      )}
      <Outcome said={outcome.said} />
      {cameras.length < MOST_CAMERAS ? (
        <Enrol
          onKept={async (words) => {
            await load();
            outcome.good(words);
          }}
        />
      ) : (
        <p class="small soft">{t('cameras.full', [formatNumber(MOST_CAMERAS)])}</p>
      )}
    </>
  );
}

const LEFT_OUT = ['unreadable', 'other-size', 'too-small'] as const satisfies readonly PhotoOutcome[];

function Enrol({ onKept }: { onKept: (words: string) => Promise<unknown> }) {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [name, setName] = useState('');
  const [progress, setProgress] = useState<EnrolProgress | null>(null);
  const running = useRef<AbortController | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const outcome = useOutcome();
  useEffect(() => () => running.current?.abort(), []);

  const start = async () => {
    const controller = new AbortController();
    running.current = controller;
    outcome.clear();
    setProgress({ done: 0, total: Math.min(files.length, MOST_PHOTOS) });
    try {
      // Progress comes by a way of its own, and the last of it may come after the answer.
      const onProgress = (told: EnrolProgress) => {
        if (running.current === controller) setProgress(told);
      };
      const answer = await enrolCamera(files, onProgress, controller.signal);
      if (answer.kind === 'too-few') {
        outcome.bad(`${t('cameras.tooFew', [formatNumber(LEAST_PHOTOS)])} ${leftOut(answer.outcomes)}`);
        return;
      }
      const { fingerprint, outcomes } = answer.enrolment;
      const camera = await keepCamera(name, fingerprint);
      setFiles([]);
      setName('');
      if (chooser.current) chooser.current.value = '';
      const learned = t('cameras.learned', [camera.name, formatNumber(camera.photos)]);
      await onKept(`${learned} ${leftOut(outcomes)}`);
    } catch (error) {
      if (controller.signal.aborted) outcome.good(t('cameras.cancelled'));
      else {
        console.error('Enrolling a camera failed:', error);
        outcome.bad(t('cameras.failed'));
      }
    } finally {
      running.current = null;
      setProgress(null);
    }
  };

  const problem =
    files.length > 0 && files.length < LEAST_PHOTOS
      ? t('cameras.choose.few', [formatNumber(LEAST_PHOTOS)])
      : '';
  const busy = progress !== null;
  return (
    <form
      class="stack inset"
      aria-labelledby="cameras-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void start();
      }}
    >
      <h3 id="cameras-add">{t('cameras.add')}</h3>
      <div class="field">
        <label for="camera-files">{t('cameras.choose.label')}</label>
        <input
          ref={chooser}
          id="camera-files"
          type="file"
          accept="image/*"
          multiple
          disabled={busy}
          aria-describedby="camera-files-hint camera-files-problem"
          onChange={(event) => setFiles([...(event.currentTarget.files ?? [])])}
        />
        <p id="camera-files-hint" class="small soft">
          {t('cameras.choose.hint', [formatNumber(LEAST_PHOTOS), formatNumber(MOST_PHOTOS)])}
        </p>
        <p id="camera-files-problem" class="small problem" role="status">
          {problem}
        </p>
      </div>
      <div class="field">
        <label for="camera-name">{t('cameras.name')}</label>
        <input
          id="camera-name"
          type="text"
          value={name}
          maxLength={LONGEST_NAME}
          autocomplete="off"
          disabled={busy}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      {progress && (
        <div class="stack">
          <p role="status">
            {t('cameras.progress', [formatNumber(progress.done), formatNumber(progress.total)])}
          </p>
          <div class="bar">
            <Progress value={progress.done} of={progress.total} label={t('cameras.learning')} />
          </div>
        </div>
      )}
      <div class="row">
        <button type="submit" disabled={busy || files.length < LEAST_PHOTOS || name.trim() === ''}>
          {t('cameras.start')}
        </button>
        {busy && (
          <button type="button" onClick={() => running.current?.abort()}>
            {t('cameras.cancel')}
          </button>
        )}
      </div>
      <Outcome said={outcome.said} />
    </form>
  );
}

/** What became of photographs that were not used, as one or more sentences. */
function leftOut(outcomes: Readonly<Record<PhotoOutcome, number>>): string {
  return LEFT_OUT.filter((kind) => outcomes[kind] > 0)
    .map((kind) => say(`cameras.leftOut.${kind}`, formatNumber(outcomes[kind])))
    .join(' ');
}
