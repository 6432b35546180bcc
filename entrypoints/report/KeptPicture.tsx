import { useState } from 'preact/hooks';
import { t } from '../../src/ui/text';
import { isSameFile, type Picture } from './load';

interface KeptPictureProps {
  readonly kind: Picture['kind'];
  readonly sha256: string;
  readonly onFound: (file: Blob) => void;
}

/** Says whether the picture is the one that was checked. Where it is gone, the person may show the file again. */
export function KeptPicture({ kind, sha256, onFound }: KeptPictureProps) {
  const [isOther, setOther] = useState(false);
  if (kind === 'full') return <p class="small soft">{t('report.picture.kept')}</p>;
  const take = async (file: File | undefined) => {
    if (!file) return;
    const same = await isSameFile(file, sha256);
    setOther(!same);
    if (same) onFound(file);
  };
  return (
    <div class="note stack">
      <p>{kind === 'preview' ? t('report.picture.preview') : t('report.picture.missing')}</p>
      <label class="kept-choose">
        <span>{t('report.picture.choose')}</span>
        <input type="file" accept="image/*" onChange={(event) => void take(event.currentTarget.files?.[0])} />
      </label>
      <p class="soft">{t('report.picture.chooseWhy')}</p>
      {isOther && <p role="alert">{t('report.picture.other')}</p>}
    </div>
  );
}
