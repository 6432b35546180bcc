/** Caps of the metadata layer. What a file says is hostile until it is shown as plain text. */

/** Characters of one EXIF text. Generators keep whole workflows in UserComment. */
export const MAX_EXIF_TEXT = 1 << 20;

/** Numbers kept of one EXIF array. */
export const MAX_EXIF_NUMBERS = 64;

/** XML nesting that is followed. Real packets reach 12. */
export const MAX_XML_DEPTH = 64;

/** Properties kept of one XMP packet. Lightroom writes up to 1,000. */
export const MAX_XMP_PROPERTIES = 5_000;

/** Characters of one XMP value. Draw Things keeps its settings as JSON in one. */
export const MAX_XMP_VALUE = 1 << 18;

/** Elements of an XMP packet looked at: bounds work on packets that hold nothing of use. */
export const MAX_XML_ELEMENTS = 100_000;

/** Nesting of CBOR values. Assertions reach 8. */
export const MAX_CBOR_DEPTH = 16;

/** CBOR values decoded of one box. Large ingredient lists reach 2,000. */
export const MAX_CBOR_VALUES = 20_000;

/** JUMBF boxes read of one manifest store. A store with ten manifests has about 500. */
export const MAX_JUMBF_BOXES = 5_000;

/** Superboxes inside superboxes: store > manifest > assertion store > assertion is 4. */
export const MAX_JUMBF_DEPTH = 6;

/** IPTC-IIM data sets read. */
export const MAX_IPTC_FIELDS = 256;

/** JSON texts longer than this are not parsed: they would stall the worker. */
export const MAX_JSON_CHARS = 1 << 20;

/** Nodes of a ComfyUI graph looked at for names. The largest shared ones have about 500. */
export const MAX_GRAPH_NODES = 5_000;

/** Characters of one value in the facts table. */
export const MAX_FACT_CHARS = 200;

/** Characters of a name in a label or a sentence. */
export const MAX_NAME_CHARS = 60;
