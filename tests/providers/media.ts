export type MediaType =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'gif'
  | 'heic'
  | 'mp4'
  | 'mov'
  | 'webm'
  | 'mkv'
  | 'mp3'
  | 'wav'
  | 'm4a';

/** Names a file by its first bytes, as the stand-ins for the providers do; null for what none of them takes. */
export function mediaType(bytes: Uint8Array): MediaType | null {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('GIF8')) return 'gif';
  if (head.startsWith('RIFF')) return riff(head.slice(8, 12));
  if (head.startsWith('\x1a\x45\xdf\xa3')) return head.includes('webm') ? 'webm' : 'mkv';
  if (head.slice(4, 8) === 'ftyp') return isoMedia(head.slice(8, 12));
  if (head.startsWith('ID3') || /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/.test(head)) return 'mp3';
  return null;
}

function riff(form: string): MediaType | null {
  if (form === 'WEBP') return 'webp';
  return form === 'WAVE' ? 'wav' : null;
}

function isoMedia(brand: string): MediaType {
  if (['heic', 'heix', 'mif1', 'msf1', 'hevc'].includes(brand)) return 'heic';
  if (brand === 'qt  ') return 'mov';
  return brand.startsWith('M4A') ? 'm4a' : 'mp4';
}
