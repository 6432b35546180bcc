/** Caps of the container readers. Every one bounds work or memory that a hostile file could ask for. */

/** Pieces (JPEG segments, PNG chunks, RIFF chunks, GIF blocks) walked in one file. A 25 MB PNG in 8 kB IDATs has 3,200. */
export const MAX_PIECES = 65_536;

/** Pieces kept for the layers. A camera JPEG has under 40, a large multi-part C2PA store a few hundred. */
export const MAX_SEGMENTS = 2_048;

/** Text entries kept. Generators write 1 to 10. */
export const MAX_TEXTS = 128;

/** Characters kept of one text entry. The largest ComfyUI graphs met are a few hundred kB. */
export const MAX_TEXT_CHARS = 1 << 20;

/** Bytes that one compressed chunk may inflate to: a deflate stream grows up to 1,032 times. */
export const MAX_INFLATED_BYTES = 4 << 20;

/** Bytes that all compressed chunks of a file may inflate to together. */
export const MAX_INFLATED_TOTAL = 16 << 20;

/** Compressed bytes given to the inflater at a time: one step writes at most 1,032 times this. */
export const INFLATE_STEP = 4_096;

/** EXIF block outside JPEG, where 64 kB is not the bound. Larger ones carry previews we do not need. */
export const MAX_EXIF_BYTES = 4 << 20;

/** XMP packet with its extension. Lightroom histories reach 1 MB. */
export const MAX_XMP_BYTES = 4 << 20;

/** ICC profile. Printer profiles reach 3 MB. */
export const MAX_ICC_BYTES = 4 << 20;

/** Photoshop resources of all APP13 segments together. */
export const MAX_PHOTOSHOP_BYTES = 4 << 20;

/** C2PA manifest store. Stores with several ingredient thumbnails reach a few MB. */
export const MAX_C2PA_BYTES = 16 << 20;

/** ISO base media boxes read in one file, at all depths. */
export const MAX_BOXES = 8_192;

/** Items of one `meta` box. A 100 MP image in a 512 px grid has about 400. */
export const MAX_ITEMS = 8_192;

/** Extents of one item that are joined. Writers use 1. */
export const MAX_EXTENTS = 64;

/** TIFF directory entries read from one directory. Real ones have under 100. */
export const MAX_IFD_ENTRIES = 512;

/** Icons in one ICO file that are looked at. Windows writes 7 to 10. */
export const MAX_ICONS = 64;

/** Characters of an SVG searched for its root element: comments and a DOCTYPE may precede it. */
export const MAX_SVG_PROLOGUE = 16_384;

/** Problems named per file; the rest is counted in one line. */
export const MAX_PROBLEMS = 32;
