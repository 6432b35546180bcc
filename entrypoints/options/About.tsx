import { t } from '../../src/ui/text';

export function About() {
  return (
    <>
      <p class="measure">{t('options.about.what')}</p>
      <p>
        {t('options.about.version', [chrome.runtime.getManifest().version])}. {t('options.about.licence')}
      </p>
      <div class="row">
        <a href="/batch.html">{t('options.about.batch')}</a>
        <a href="/demo.html">{t('options.about.demo')}</a>
      </div>
    </>
  );
}
