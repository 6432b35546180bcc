import { useId, useState } from 'preact/hooks';
import type { Text } from '../forensics/text';
import { Dialog } from './Dialog';
import { FactRows } from './FactRows';
import { t, words } from './text';

/** How far a yes goes: until it is taken back, or for this one image. */
export type YesFor = 'always' | 'once';

interface ConsentDialogProps {
  /** Address of the picture's thumbnail, or null. */
  readonly src: string | null;
  /** The provider's own name. */
  readonly name: string;
  /** What is sent, to whom, and what is not. */
  readonly sentence: Text;
  readonly rows: readonly { readonly name: Text; readonly value: Text }[];
  /** Why it is asked now; null where the person asked for it. */
  readonly why: string | null;
  /** What is chosen at first. */
  readonly yesFor: YesFor;
  /** Called inside the click, so that the browser may ask for its own permission. */
  readonly onAgree: (yesFor: YesFor) => void;
  readonly onRefuse: () => void;
}

/** Nothing is uploaded before this was agreed to. Refusing is as easy as agreeing, and Esc refuses. */
export function ConsentDialog(props: ConsentDialogProps) {
  const { src, name, sentence, rows, why, onAgree, onRefuse } = props;
  const [yesFor, choose] = useState<YesFor>(props.yesFor);
  const group = useId();
  return (
    <Dialog
      title={t('consent.ask', [name])}
      onClose={onRefuse}
      footer={
        <>
          <fieldset class="consent-for small">
            <legend>{t('consent.for.title')}</legend>
            <label>
              <input
                type="radio"
                name={group}
                checked={yesFor === 'always'}
                onChange={() => choose('always')}
              />
              <span>{t('consent.for.always')}</span>
            </label>
            <label>
              <input type="radio" name={group} checked={yesFor === 'once'} onChange={() => choose('once')} />
              <span>{t('consent.for.once')}</span>
            </label>
          </fieldset>
          <div class="row">
            <button type="button" onClick={onRefuse}>
              {t('consent.refuse')}
            </button>
            <button type="button" onClick={() => onAgree(yesFor)}>
              {t('consent.send', [name])}
            </button>
          </div>
        </>
      }
    >
      {why && <p>{why}</p>}
      <div class="consent-what">
        {src && <img src={src} alt={t('popup.image')} />}
        <p>{words(sentence)}</p>
      </div>
      <FactRows rows={rows} />
    </Dialog>
  );
}
