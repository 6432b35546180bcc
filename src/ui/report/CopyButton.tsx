import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../text';

/** Puts a text on the clipboard, and says beside itself whether that went well. */
export function CopyButton({ text, children }: { text: () => string; children: ComponentChildren }) {
  const [said, say] = useState('');
  const copy = () =>
    navigator.clipboard.writeText(text()).then(
      () => say(t('report.copied')),
      () => say(t('report.notCopied')),
    );
  return (
    <span class="row">
      <button type="button" onClick={() => void copy()}>
        {children}
      </button>
      <span class="small soft" role="status">
        {said}
      </span>
    </span>
  );
}
