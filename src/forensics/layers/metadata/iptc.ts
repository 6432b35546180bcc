import { lenientText, u8, u16be } from '../../containers/bytes';
import { MAX_IPTC_FIELDS } from './limits';

/** Data sets of record 2 that the layer reads (IPTC-IIM 4.2, chapter 6). */
export const IPTC = {
  instructions: 40,
  program: 65,
  byline: 80,
  credit: 110,
  source: 115,
  caption: 120,
} as const;

/**
 * Reads an IPTC-IIM block: data set number of record 2 to its first value.
 * Stops at the first data set that does not fit; never throws.
 */
export function readIptc(block: Uint8Array): ReadonlyMap<number, string> {
  const fields = new Map<number, string>();
  let at = 0;
  for (let i = 0; i < MAX_IPTC_FIELDS && at + 5 <= block.length; i++) {
    const size = u16be(block, at + 3);
    // A set top bit announces a longer length field, used for embedded objects only.
    if (u8(block, at) !== 0x1c || size >= 0x8000 || at + 5 + size > block.length) break;
    const dataSet = u8(block, at + 2);
    if (u8(block, at + 1) === 2 && !fields.has(dataSet)) {
      fields.set(dataSet, lenientText(block.subarray(at + 5, at + 5 + size)).trim());
    }
    at += 5 + size;
  }
  return fields;
}
