import { getProvider, originPattern } from '../../src/remote';
import { t } from '../../src/ui/text';
import { Outcome, useOutcome } from './Outcome';
import { loadOrigins, origins, providers } from './state';

/** Patterns of "all sites", as the manifest names them. */
const ALL = ['http://*/*', 'https://*/*'];

/** This site or all sites, and what is allowed already. */
export function Access() {
  const outcome = useOutcome();
  if (origins.value === null) return <p class="soft">{t('options.load')}</p>;
  const granted = origins.value;
  const all = ALL.every((pattern) => granted.includes(pattern));
  const single = granted.filter((pattern) => !ALL.includes(pattern));

  const choose = async (wantAll: boolean) => {
    outcome.clear();
    const asked = wantAll
      ? chrome.permissions.request({ origins: ALL })
      : chrome.permissions.remove({ origins: ALL });
    // Rejected where a policy or the manifest itself grants them.
    const done = await asked.catch(() => false);
    await loadOrigins();
    if (!done) outcome.bad(t('options.access.refused'));
    else outcome.good(wantAll ? t('options.access.allGranted') : t('options.access.allRevoked'));
  };
  const revoke = async (pattern: string) => {
    const done = await chrome.permissions.remove({ origins: [pattern] }).catch(() => false);
    await loadOrigins();
    if (done) outcome.good(t('options.access.revoked', [siteOf(pattern)]));
    else outcome.bad(t('options.access.refused'));
  };

  return (
    <>
      <fieldset class="field">
        <legend>{t('options.access.choice')}</legend>
        <label class="check">
          <input
            type="radio"
            name="access"
            checked={!all}
            aria-describedby="access-site-hint"
            onChange={() => void choose(false)}
          />
          <span>{t('options.access.perSite')}</span>
        </label>
        <p id="access-site-hint" class="small soft indent">
          {t('options.access.perSiteHint')}
        </p>
        <label class="check">
          <input
            type="radio"
            name="access"
            checked={all}
            aria-describedby="access-all-hint"
            onChange={() => void choose(true)}
          />
          <span>{t('options.access.all')}</span>
        </label>
        <p id="access-all-hint" class="small soft indent">
          {t('options.access.allHint')}
        </p>
      </fieldset>
      <Outcome said={outcome.said} />
      {(!all || single.length > 0) && (
        <div class="stack">
          <h3 id="access-list">{t('options.access.list')}</h3>
          {single.length === 0 ? (
            <p class="soft">{t('options.access.none')}</p>
          ) : (
            <ul class="lines" aria-labelledby="access-list">
              {single.map((pattern) => (
                <li key={pattern} class="row spread">
                  <span>
                    <bdi>{siteOf(pattern)}</bdi>
                    {neededBy(pattern) !== null && (
                      <span class="small soft">
                        {' '}
                        {t('options.access.forProvider', [neededBy(pattern) ?? ''])}
                      </span>
                    )}
                  </span>
                  <button
                    type="button"
                    aria-label={t('options.access.revokeOne', [siteOf(pattern)])}
                    onClick={() => void revoke(pattern)}
                  >
                    {t('options.access.revoke')}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

/** `https://cdn.example.com/*` as people say it. */
function siteOf(pattern: string): string {
  return pattern.replace(/^https:\/\//, '').replace(/\/\*$/, '');
}

/** Name of the provider whose server this is, or null. */
function neededBy(pattern: string): string | null {
  const owner = providers.value?.find(
    ({ config }) => config !== null && originPattern(config.baseUrl) === pattern,
  );
  return owner ? getProvider(owner.definition.id).name : null;
}
