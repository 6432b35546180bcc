import { Glyph } from '../../src/ui/icons';
import { t } from '../../src/ui/text';

/** For the first visit: the one thing to know, in one picture. */
export function Empty() {
  return (
    <section class="empty" aria-labelledby="empty-title">
      <h2 id="empty-title">{t('popup.empty.title')}</h2>
      <Drawing />
      <p>{t('popup.empty.body')}</p>
      <p class="small soft">{t('popup.empty.local')}</p>
      <div class="row">
        <a class="button primary" href="/batch.html?samples=1" target="_blank" rel="noopener">
          {t('popup.empty.demo')}
        </a>
        <a class="button" href="/batch.html" target="_blank" rel="noopener">
          <Glyph name="files" />
          {t('popup.empty.batch')}
        </a>
      </div>
    </section>
  );
}

/** A photograph, the menu that a right click opens on it, and the line to choose. */
function Drawing() {
  return (
    <div class="drawing" role="img" aria-label={t('popup.empty.picture')}>
      <svg viewBox="0 0 340 170" aria-hidden="true" focusable="false">
        <rect class="drawing-photo" x="10" y="10" width="190" height="150" rx="4" />
        <circle class="drawing-sun" cx="62" cy="52" r="16" />
        <path class="drawing-hill" d="M10 132 68 78l44 40 34-28 54 46v20a4 4 0 0 1-4 4H14a4 4 0 0 1-4-4Z" />
        <path class="drawing-pointer" d="m112 56 0 24 5.5-5 3.5 8.5 4-1.7-3.5-8.3h7.5Z" />
      </svg>
      <ul aria-hidden="true">
        <li>{t('popup.empty.menuOpen')}</li>
        <li>{t('popup.empty.menuSave')}</li>
        <li class="chosen">{t('popup.empty.menuCheck')}</li>
      </ul>
    </div>
  );
}
