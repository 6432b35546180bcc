import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Glyph } from './icons';
import { moved } from './order';
import { t } from './text';

export interface ReorderableItem {
  readonly id: string;
  /** What the item is called, for the buttons and for what is announced. */
  readonly name: string;
  readonly content: ComponentChildren;
}

interface ReorderableProps {
  /** Id of the heading that names the list. */
  readonly labelledBy: string;
  readonly items: readonly ReorderableItem[];
  /** All ids in their new order. */
  readonly onOrder: (ids: readonly string[]) => void;
}

/**
 * An ordered list whose lines are dragged, or moved by the two buttons that each has. The focus stays
 * on the button that was pressed, and the new place is announced.
 */
export function Reorderable({ labelledBy, items, onOrder }: ReorderableProps) {
  const [dragged, drag] = useState<string | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, say] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const pressed = useRef<string | null>(null);
  const ids = items.map(({ id }) => id);

  // A line that is moved in the document loses the focus.
  useLayoutEffect(() => {
    if (pressed.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-move="${pressed.current}"]`)?.focus();
    pressed.current = null;
  }, [ids.join()]);

  const move = (from: number, to: number) => {
    const item = items[from];
    if (item === undefined || to < 0 || to >= items.length || from === to) return;
    say(t('options.order.moved', [item.name, String(to + 1), String(items.length)]));
    onOrder(moved(ids, from, to));
  };
  const drop = () => {
    if (dragged !== null && over !== null) move(ids.indexOf(dragged), over);
    drag(null);
    setOver(null);
  };

  return (
    <>
      <ol class="reorderable" aria-labelledby={labelledBy} ref={list}>
        {items.map(({ id, name, content }, index) => (
          <li
            key={id}
            draggable
            data-dragged={id === dragged ? '' : undefined}
            data-over={dragged !== null && index === over ? side(ids.indexOf(dragged), index) : undefined}
            onDragStart={(event) => {
              event.dataTransfer?.setData('text/plain', name);
              drag(id);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(index);
            }}
            onDrop={(event) => {
              event.preventDefault();
              drop();
            }}
            onDragEnd={() => {
              drag(null);
              setOver(null);
            }}
          >
            <span class="grip" title={t('options.order.drag')}>
              <Glyph name="grip" />
            </span>
            <span class="place figures" aria-hidden="true">
              {index + 1}
            </span>
            <div class="reorderable-content">{content}</div>
            <MoveButton
              id={`${id}-up`}
              glyph="up"
              label={t('options.order.up', [name])}
              disabled={index === 0}
              onPress={(key) => {
                pressed.current = key;
                move(index, index - 1);
              }}
            />
            <MoveButton
              id={`${id}-down`}
              glyph="down"
              label={t('options.order.down', [name])}
              disabled={index === items.length - 1}
              onPress={(key) => {
                pressed.current = key;
                move(index, index + 1);
              }}
            />
          </li>
        ))}
      </ol>
      <p class="visually-hidden" aria-live="polite">
        {said}
      </p>
    </>
  );
}

/** On which side of the line under the pointer the dragged one would land. */
function side(from: number, over: number): 'before' | 'after' | undefined {
  if (from === over) return undefined;
  return over < from ? 'before' : 'after';
}

/** `aria-disabled` instead of `disabled`: a button that a press disables must keep the focus. */
function MoveButton({
  id,
  glyph,
  label,
  disabled,
  onPress,
}: {
  id: string;
  glyph: 'up' | 'down';
  label: string;
  disabled: boolean;
  onPress: (id: string) => void;
}) {
  return (
    <button
      type="button"
      class="icon plain"
      data-move={id}
      aria-label={label}
      title={label}
      aria-disabled={disabled}
      onClick={() => !disabled && onPress(id)}
    >
      <Glyph name={glyph} />
    </button>
  );
}
