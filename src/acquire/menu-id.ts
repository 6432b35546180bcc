/** The menu item's id: its name, then the refused patterns. Match patterns hold no spaces. */

const NAME = 'check-image';

export function menuId(refusals: readonly string[]): string {
  return [NAME, ...refusals].join(' ');
}

/** Reads back what `menuId` wrote. */
export function refusalsIn(id: string | number): ReadonlySet<string> {
  return new Set(String(id).split(' ').slice(1));
}
