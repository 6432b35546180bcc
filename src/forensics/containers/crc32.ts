const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of PNG and zlib (polynomial 0x04C11DB7, reflected), as an unsigned number. */
export function crc32(bytes: Uint8Array, at = 0, length = bytes.length - at): number {
  let crc = 0xffffffff;
  const end = Math.min(at + length, bytes.length);
  for (let i = at; i < end; i++) crc = (TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
