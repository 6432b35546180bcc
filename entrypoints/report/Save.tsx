import { useState } from 'preact/hooks';
import { isShapeName, SHAPE_NAMES, toShape } from '../../src/forensics/shapes';
import { exportEntry } from '../../src/history';
import { CopyButton } from '../../src/ui/report/CopyButton';
import { figuresOf } from '../../src/ui/report/figures';
import { reportHtml } from '../../src/ui/report/html';
import { outlineOf } from '../../src/ui/report/outline-of';
import { plainText } from '../../src/ui/report/plain-text';
import { saveBlob } from '../../src/ui/save';
import { t, words } from '../../src/ui/text';
import { providerName } from '../popup/provider-name';
import { answersOf } from './Answers';
import type { Picture, Shown } from './load';

/** In which form the data are saved: our own, with everything, or as one of the documented APIs answers. */
const OWN = 'truegrain';

/** The ways out: a page, data, text. */
export function Save({ shown, picture }: { shown: Shown; picture: Picture }) {
  const [said, say] = useState('');
  const [form, choose] = useState<string>(OWN);
  const { entry, where, opinions } = shown;
  const { report } = entry;
  const outline = () =>
    outlineOf({
      report,
      where,
      provider: report.engine === 'local' ? report.engine : providerName(report.engine),
      answers: answersOf(opinions),
    });
  const saveHtml = async () => {
    const figures = await figuresOf(report, { blob: picture.blob, isPreview: picture.kind === 'preview' });
    saveBlob(new Blob([reportHtml(outline(), figures)], { type: 'text/html' }), 'truegrain-report', 'html');
  };
  const saveJson = async () => {
    if (!isShapeName(form)) return saveBlob(exportEntry(entry, Date.now()), 'truegrain-report', 'json');
    // A file of the batch page has no number: its hash tells it apart as well.
    const numbered = report.id === '' ? { ...report, id: report.image.sha256 } : report;
    const text = JSON.stringify(toShape(form, numbered, words), null, 1);
    saveBlob(new Blob([`${text}\n`], { type: 'application/json' }), `truegrain-${form}`, 'json');
  };
  const saying = (work: () => Promise<void>) => () =>
    void work().then(
      () => say(t('report.save.saved')),
      (cause: unknown) => {
        console.error('The report could not be saved:', cause);
        say(t('report.save.failed'));
      },
    );
  return (
    <section class="report-save row" aria-label={t('report.save.title')}>
      <button type="button" onClick={saying(saveHtml)}>
        {t('report.save.html')}
      </button>
      <CopyButton text={() => plainText(outline())}>{t('report.save.text')}</CopyButton>
      <span class="report-json">
        <button type="button" onClick={saying(saveJson)}>
          {t('report.save.json')}
        </button>
        <label class="small">
          <span>{t('report.save.form')}</span>
          <select
            value={form}
            aria-describedby={form === OWN ? undefined : 'save-form-hint'}
            onChange={({ currentTarget: { value } }) => choose(value)}
          >
            <option value={OWN}>{t('report.save.own')}</option>
            {Object.entries(SHAPE_NAMES).map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </span>
      <span class="small soft" role="status">
        {said}
      </span>
      {form !== OWN && (
        <p class="small soft" id="save-form-hint">
          {t('report.save.lossy')}
        </p>
      )}
    </section>
  );
}
