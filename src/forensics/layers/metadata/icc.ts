import { ascii, lenientText, startsWith, u32be } from '../../containers/bytes';

/** Tags of a profile that are looked through; real profiles have under 30. */
const MAX_TAGS = 64;

/** The profile's own description, from its `desc` tag (ICC.1:2022, 9.2.41; v2 and v4 forms), or null. */
export function iccDescription(profile: Uint8Array): string | null {
  const count = Math.min(u32be(profile, 128), MAX_TAGS);
  for (let at = 132; at < 132 + 12 * count && at + 12 <= profile.length; at += 12) {
    if (!startsWith(profile, at, 'desc')) continue;
    const offset = u32be(profile, at + 4);
    const tag = profile.subarray(offset, offset + u32be(profile, at + 8));
    return ascii(tag, 0, 4) === 'mluc' ? localised(tag) : plain(tag);
  }
  return null;
}

/** Version 2: length in bytes with the closing zero, then ASCII. */
function plain(tag: Uint8Array): string | null {
  const text = lenientText(tag.subarray(12, 12 + Math.min(u32be(tag, 8), 256))).split('\0', 1)[0];
  return startsWith(tag, 0, 'desc') && text ? text : null;
}

/** Version 4: records of language, country, length, offset; the first record's UTF-16BE text. */
function localised(tag: Uint8Array): string | null {
  if (u32be(tag, 8) < 1 || tag.length < 28) return null;
  const offset = u32be(tag, 24);
  const bytes = tag.subarray(offset, offset + Math.min(u32be(tag, 20), 512));
  return new TextDecoder('utf-16be').decode(bytes).replace(/\0+$/, '') || null;
}
