import { type Candidate, visibleBox } from './candidate';

/** Words of the choice, translated by the caller. */
export interface ChooseWords {
  readonly title: string;
  readonly hint: string;
  readonly cancel: string;
  /** Label of the picture with this number, from 1. */
  readonly picture: (number: number) => string;
}

/** More outlines than this help nobody. */
const MAX_CHOICES = 60;

const STYLE = `
  :host { all: initial }
  * { box-sizing: border-box; font: 15px/1.4 system-ui, sans-serif }
  .veil { position: fixed; inset: 0; background: rgb(0 0 0 / 0.35) }
  button { position: fixed; background: rgb(255 255 255 / 0.01); border: 3px solid #fff; border-radius: 6px;
    outline: 2px dashed #14171a; outline-offset: -1px; cursor: pointer; padding: 0 }
  button.picture:hover, button.picture:focus-visible { border-color: #ffc845; outline: 3px solid #14171a;
    background: rgb(255 200 69 / 0.25) }
  .bar { position: fixed; inset: 12px 12px auto; margin: 0 auto; width: fit-content; max-width: calc(100vw - 24px);
    display: flex; gap: 16px; align-items: center; background: #14171a; color: #fff; padding: 10px 16px;
    border-radius: 10px; box-shadow: 0 4px 24px rgb(0 0 0 / 0.4) }
  .bar strong { font-weight: 650 } .bar span { opacity: 0.85 }
  .bar button { position: static; background: none; color: #fff; border: 1px solid #fff8; outline: none;
    padding: 4px 12px; white-space: nowrap }
  .bar button:focus-visible { outline: 2px solid #ffc845; outline-offset: 2px }
`;

/**
 * Lets the person point at the picture: outlines over the visible ones, by mouse or by keyboard
 * (Tab, Enter, Escape). Everything stands in a closed shadow root in the top layer and is gone afterwards.
 * @returns the chosen one, or null where the person changed their mind
 */
export function choose(candidates: readonly Candidate[], words: ChooseWords): Promise<Candidate | null> {
  return new Promise((resolve) => {
    const host = document.createElement('div');
    const shadow = host.attachShadow({ mode: 'closed' });
    const style = document.createElement('style');
    style.textContent = STYLE;
    const layer = document.createElement('div');
    layer.setAttribute('role', 'dialog');
    layer.setAttribute('aria-modal', 'true');
    layer.setAttribute('aria-label', words.title);
    const before = document.activeElement;

    const end = (chosen: Candidate | null) => {
      removeEventListener('scroll', place, true);
      removeEventListener('resize', place);
      removeEventListener('keydown', onKey, true);
      host.remove();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
      resolve(chosen);
    };
    const veil = element('div', 'veil');
    veil.addEventListener('click', () => end(null));
    const bar = element('div', 'bar');
    const cancel = element('button');
    cancel.textContent = words.cancel;
    cancel.addEventListener('click', () => end(null));
    bar.append(text('strong', words.title), text('span', words.hint), cancel);

    const outlines = candidates.slice(0, MAX_CHOICES).map((candidate, index) => {
      const button = element('button', 'picture');
      button.setAttribute('aria-label', words.picture(index + 1));
      button.addEventListener('click', () => end(candidate));
      return { button, candidate };
    });
    const place = () => {
      for (const { button, candidate } of outlines) {
        const box = visibleBox(candidate.element);
        button.hidden = box === null;
        if (!box) continue;
        button.style.left = `${box.x}px`;
        button.style.top = `${box.y}px`;
        button.style.width = `${box.width}px`;
        button.style.height = `${box.height}px`;
      }
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopImmediatePropagation();
      end(null);
    };

    place();
    // Small pictures last: they lie above the larger ones that contain them.
    const area = ({ candidate }: (typeof outlines)[number]) => {
      const box = visibleBox(candidate.element);
      return box ? box.width * box.height : 0;
    };
    layer.append(veil, ...[...outlines].sort((a, b) => area(b) - area(a)).map(({ button }) => button), bar);
    shadow.append(style, layer);
    host.style.cssText = 'all: initial !important; position: fixed !important; inset: 0 !important;';
    host.popover = 'manual';
    document.documentElement.append(host);
    host.showPopover();
    addEventListener('scroll', place, true);
    addEventListener('resize', place);
    addEventListener('keydown', onKey, true);
    (outlines[0]?.button ?? cancel).focus({ preventScroll: true });
  });
}

function element<Name extends 'div' | 'button'>(name: Name, className = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  return made;
}

function text(name: 'strong' | 'span', words: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}
