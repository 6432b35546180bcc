import { useEffect, useRef, useState } from 'preact/hooks';
import { parseTrustStore, type TrustStore } from '../../src/forensics/layers/provenance/trust';
import { forgetUserTrust, importUserTrust, readUserTrust, type UserTrust } from '../../src/settings/trust';
import { ConfirmButton } from '../../src/ui/controls';
import { formatNumber } from '../../src/ui/format';
import { t } from '../../src/ui/text';
import { Outcome, useOutcome } from './Outcome';

/** The lists that carry signers of pictures; those of time stamps are of no interest here. */
const SHOWN = ['c2pa', 'interim'] as const;

/** Who may sign Content Credentials: the shipped lists with their dates, and certificates of one's own. */
export function Trust() {
  const [shipped, setShipped] = useState<TrustStore | null>(null);
  const [own, setOwn] = useState<UserTrust | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const outcome = useOutcome();
  useEffect(() => {
    void fetch('/trust/lists.json').then(async (answer) => setShipped(parseTrustStore(await answer.json())));
    void readUserTrust().then(setOwn);
  }, []);
  if (shipped === null) return <p class="soft">{t('options.load')}</p>;

  const take = async (file: File | undefined) => {
    if (!file) return;
    const count = await importUserTrust(await file.text(), new Date().toISOString().slice(0, 10));
    setOwn(await readUserTrust());
    if (count === 0) outcome.bad(t('provenance.trust.empty', [file.name]));
    else outcome.good(t('provenance.trust.imported', count, [formatNumber(count)]));
  };
  const forget = async () => {
    await forgetUserTrust();
    setOwn(null);
    outcome.good(t('provenance.trust.forgotten'));
  };

  return (
    <>
      <ul class="lines" aria-label={t('provenance.trust.lists')}>
        {SHOWN.map((id) => {
          const list = shipped.lists.find((one) => one.id === id);
          return (
            list && (
              <li key={id}>
                {t(`provenance.trust.${id}`)}
                <span class="small soft block">
                  {t('provenance.trust.entry', [
                    formatNumber(list.anchors.length),
                    formatNumber(list.allowed.length),
                    list.issued,
                  ])}
                </span>
              </li>
            )
          );
        })}
        {own && (
          <li class="row spread">
            <span>
              {t('provenance.trust.own')}
              <span class="small soft block">
                {t('provenance.trust.entry', [formatNumber(own.anchors.length), formatNumber(0), own.issued])}
              </span>
            </span>
            <ConfirmButton
              question={t('provenance.trust.forgetAsk')}
              yes={t('provenance.trust.forget')}
              onConfirm={() => void forget()}
            >
              {t('provenance.trust.forget')}
            </ConfirmButton>
          </li>
        )}
      </ul>
      <p class="small soft measure">{t('provenance.trust.hint')}</p>
      <div class="row">
        <input
          ref={chooser}
          type="file"
          accept=".pem,.crt,.cer,.txt"
          hidden
          aria-label={t('provenance.trust.import')}
          onChange={(event) => {
            const { files } = event.currentTarget;
            void take(files?.[0]).finally(() => {
              if (chooser.current) chooser.current.value = '';
            });
          }}
        />
        <button type="button" onClick={() => chooser.current?.click()}>
          {t('provenance.trust.import')}
        </button>
      </div>
      <Outcome said={outcome.said} />
    </>
  );
}
