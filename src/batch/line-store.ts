/** Lines gathered between two blobs: few enough to stay small, many enough that blobs stay few. */
const LINES_PER_BLOB = 256;

/**
 * Keeps finished lines for the export outside of the page's heap: text that is not needed for
 * showing anything lies in blobs, which the browser may put on disk.
 */
export interface LineStore {
  add(line: string): void;
  clear(): void;
  /** Every line so far, each with its line feed, after `header` where one is given. */
  toBlob(type: string, header?: string): Blob;
  readonly size: number;
}

export function createLineStore(): LineStore {
  let blobs: Blob[] = [];
  let open: string[] = [];
  let size = 0;
  return {
    add(line) {
      open.push(`${line}\n`);
      size += 1;
      if (open.length < LINES_PER_BLOB) return;
      blobs.push(new Blob(open));
      open = [];
    },
    clear() {
      blobs = [];
      open = [];
      size = 0;
    },
    toBlob(type, header) {
      return new Blob([...(header === undefined ? [] : [`${header}\n`]), ...blobs, ...open], { type });
    },
    get size() {
      return size;
    },
  };
}
