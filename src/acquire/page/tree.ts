/** The page as a person sees it: through open and closed shadow roots alike. */

/** A page with more elements than this is not searched further: the answer must come at once. */
const MAX_ELEMENTS = 20_000;

/** Shadow root of an element, closed ones too where Chrome hands them to extensions; null without one. */
export function shadowOf(element: Element): ShadowRoot | null {
  if (!(element instanceof HTMLElement)) return null;
  if (typeof chrome !== 'undefined' && chrome.dom) return chrome.dom.openOrClosedShadowRoot(element);
  return element.shadowRoot;
}

/** Every element of the document in tree order, shadow trees included, up to a cap. */
export function* allElements(
  root: Document | ShadowRoot = document,
  budget = { left: MAX_ELEMENTS },
): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    if (budget.left <= 0) return;
    budget.left -= 1;
    yield element;
    const shadow = shadowOf(element);
    if (shadow) yield* allElements(shadow, budget);
  }
}

/**
 * Elements that the browser holds for hovered, deepest first. While the menu is open that is what was
 * clicked; once its item was chosen with the mouse it may be what lies under the item.
 */
export function hoverChain(): Element[] {
  const chain: Element[] = [];
  let root: Document | ShadowRoot | null = document;
  while (root) {
    const hovered: Element[] = [...root.querySelectorAll(':hover')];
    chain.unshift(...hovered.reverse());
    const deepest: Element | undefined = hovered[0];
    root = deepest ? shadowOf(deepest) : null;
  }
  return chain;
}

/** Elements at a point of the viewport, topmost first, shadow trees included. */
export function elementsAt(x: number, y: number, root: Document | ShadowRoot = document): Element[] {
  return (
    root
      .elementsFromPoint(x, y)
      // A shadow root answers with its host's surroundings too.
      .filter((element) => element.getRootNode() === root)
      .flatMap((element) => {
        const shadow = shadowOf(element);
        return shadow ? [...elementsAt(x, y, shadow), element] : [element];
      })
  );
}
