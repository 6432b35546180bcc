/** Largest report of a manifest store that is read, in characters: real ones are 2,000 to 200,000. */
export const MAX_REPORT_CHARS = 4_000_000;

/** Manifests followed from ingredient to ingredient. Editors write chains of some ten. */
export const MAX_DEPTH = 12;

/** Actions and ingredients shown of one manifest. */
export const MAX_LISTED = 20;
