import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  /** Esc: nothing was decided. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** The answers; they stay in view however long the rest is. */
  readonly footer: ComponentChildren;
}

/**
 * A question that stands before the whole page. The browser keeps the focus inside and gives it
 * back afterwards; Esc is a way out, and decides nothing.
 */
export function Dialog({ title, onClose, children, footer }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const titleId = useId();
  // Before the next paint: a key pressed meanwhile would go to the page behind.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // On the question, not on a button: nobody should agree by a second press of Enter.
    heading.current?.focus();
    // What does not fit is scrolled by the keyboard too.
    const { current: text } = body;
    if (text && text.scrollHeight > text.clientHeight) text.tabIndex = 0;
    return () => current?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={titleId} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <div class="dialog-body stack" ref={body}>
        {children}
      </div>
      <div class="stack">{footer}</div>
    </dialog>
  );
}
