import { useState } from 'preact/hooks';
import { exportEntry } from '../../src/history';
import { CopyButton } from '../../src/ui/report/CopyButton';
import { figuresOf } from '../../src/ui/report/figures';
import { reportHtml } from '../../src/ui/report/html';
import { outlineOf } from '../../src/ui/report/outline-of';
import { plainText } from '../../src/ui/report/plain-text';
import { saveBlob } from '../../src/ui/save';
import { t } from '../../src/ui/text';
import { providerName } from '../popup/provider-name';
import { answersOf } from './Answers';
import type { Picture, Shown } from './load';

/** The ways out: a page, data, text. */
export function Save({ shown, picture }: { shown: Shown; picture: Picture }) {
  const [said, say] = useState('');
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
  const saveJson = async () => saveBlob(exportEntry(entry, Date.now()), 'truegrain-report', 'json');
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
      <button type="button" onClick={saying(saveJson)}>
        {t('report.save.json')}
      </button>
      <CopyButton text={() => plainText(outline())}>{t('report.save.text')}</CopyButton>
      <span class="small soft" role="status">
        {said}
      </span>
    </section>
  );
}
