import { useEffect, useRef, useState } from 'preact/hooks';
import {
  parseTrustStore,
  type TrustList,
  type TrustStore,
} from '../../src/forensics/layers/provenance/trust';
import { forgetUserTrust, importUserTrust, readUserTrust, type UserTrust } from '../../src/settings/trust';
import { ConfirmButton } from '../../src/ui/controls';
import { formatNumber } from '../../src/ui/format';
import { t } from '../../src/ui/text';
import { Outcome, useOutcome } from './Outcome';

/** How many a list holds, and its day. */
function holds({ anchors, allowed, issued }: Pick<TrustList, 'anchors' | 'allowed' | 'issued'>): string {
  const day = new Date(issued).toLocaleDateString(undefined, { dateStyle: 'long', timeZone: 'UTC' });
  return allowed.length > 0
    ? t('provenance.trust.both', [formatNumber(anchors.length), formatNumber(allowed.length), day])
    : t('provenance.trust.authorities', [formatNumber(anchors.length), day]);
}

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
                <div class="small soft">{holds(list)}</div>
              </li>
            )
          );
        })}
        {own && (
          <li class="row spread">
            <div>
              {t('provenance.trust.own')}
              <div class="small soft">{holds(own)}</div>
            </div>
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
