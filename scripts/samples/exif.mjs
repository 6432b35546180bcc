// @ts-check
/** Hand-made metadata for the sample images: an EXIF block for JPEG, a text chunk for PNG. */
const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;

/**
 * One directory of a big-endian TIFF block: entries in ascending order of tags, long values behind.
 * @param {{ tag: number, type: number, value: string | number | [number, number] }[]} entries
 * @param {number} offset of the directory in the block
 */
function directory(entries, offset) {
  const head = Buffer.alloc(2 + entries.length * 12 + 4);
  head.writeUInt16BE(entries.length, 0);
  /** @type {Buffer[]} */
  const tail = [];
  let free = offset + head.length;
  entries.forEach(({ tag, type, value }, index) => {
    const at = 2 + index * 12;
    head.writeUInt16BE(tag, at);
    head.writeUInt16BE(type, at + 2);
    /** @param {Buffer} bytes */
    const behind = (bytes) => {
      head.writeUInt32BE(free, at + 8);
      tail.push(bytes);
      free += bytes.length;
    };
    if (typeof value === 'string') {
      const bytes = Buffer.from(`${value}\0`, 'latin1');
      head.writeUInt32BE(bytes.length, at + 4);
      if (bytes.length <= 4) bytes.copy(head, at + 8);
      else behind(bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]));
      return;
    }
    head.writeUInt32BE(1, at + 4);
    if (Array.isArray(value)) {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(value[0], 0);
      bytes.writeUInt32BE(value[1], 4);
      behind(bytes);
    } else if (type === SHORT) head.writeUInt16BE(value, at + 8);
    else head.writeUInt32BE(value, at + 8);
  });
  return Buffer.concat([head, ...tail]);
}

/** The EXIF block of a camera that does not exist: it is called what it is. */
export function cameraExif() {
  const header = Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8]);
  /** @param {number} exifOffset */
  const main = (exifOffset) =>
    directory(
      [
        { tag: 0x010f, type: ASCII, value: 'Truegrain' },
        { tag: 0x0110, type: ASCII, value: 'Sample Camera 1' },
        { tag: 0x0112, type: SHORT, value: 1 },
        { tag: 0x0132, type: ASCII, value: '2026:06:21 17:04:05' },
        { tag: 0x8769, type: LONG, value: exifOffset },
      ],
      header.length,
    );
  const exifOffset = header.length + main(0).length;
  const exif = directory(
    [
      { tag: 0x829a, type: RATIONAL, value: [1, 250] },
      { tag: 0x829d, type: RATIONAL, value: [56, 10] },
      { tag: 0x8827, type: SHORT, value: 200 },
      { tag: 0x9003, type: ASCII, value: '2026:06:21 17:04:05' },
      { tag: 0x920a, type: RATIONAL, value: [35, 1] },
      { tag: 0xa434, type: ASCII, value: 'Sample Lens 35mm F2' },
    ],
    exifOffset,
  );
  return Buffer.concat([header, main(exifOffset), exif]);
}

/**
 * @param {Buffer} jpeg as an encoder wrote it
 * @param {Buffer} tiff
 */
export function withExif(jpeg, tiff) {
  const payload = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, payload, jpeg.subarray(2)]);
}

/**
 * A tEXt chunk behind the header chunk, where Stable Diffusion's web interface writes its settings.
 * @param {Buffer} png
 * @param {string} keyword
 * @param {string} text
 */
export function withText(png, keyword, text) {
  const body = Buffer.concat([Buffer.from('tEXt'), Buffer.from(`${keyword}\0${text}`, 'latin1')]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4, 0);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body), 0);
  const behindHeader = 8 + 25;
  return Buffer.concat([png.subarray(0, behindHeader), length, body, check, png.subarray(behindHeader)]);
}

/** @param {Buffer} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
