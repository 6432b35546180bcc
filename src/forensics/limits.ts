/** Every cap of the engine, with its reason. The pages state these numbers; nothing else may. */

/** Largest file. Providers take 10 to 25 MB, and a page rarely ships more. */
export const MAX_FILE_BYTES = 25 * 1024 * 1024;

/** Largest image. A 50 MP JPEG costs 310 MB as a bitmap; twice that is where browsers kill a page. */
export const MAX_PIXELS = 100_000_000;

/** A picture with a shorter side below this holds too little to judge. */
export const MIN_SIDE = 64;

/** A whole analysis, in ms. A 12 MP photograph takes well under 2 s here; slow machines get ample time. */
export const ANALYSIS_DEADLINE_MS = 60_000;

/** The EXIF decoder, in ms. It answers in 1 ms when it answers; crafted files make it hang. */
export const METADATA_DEADLINE_MS = 2_000;

/**
 * One run of the networks, or waiting for them to load, in ms. Shorter than the whole analysis, so that a
 * model that hangs costs the check one layer and not everything.
 */
export const MODEL_DEADLINE_MS = 45_000;

/**
 * One layer, in ms. At 12 megapixels each takes some tens here. One that overruns is ended with its worker and
 * told as not run; the others finish.
 */
export const LAYER_DEADLINE_MS = 2_000;

/** In a new worker a layer gets this many times as long: its code is still to be compiled. */
export const LAYER_DEADLINE_COLD = 3;

/**
 * Decoding on an idle machine, in ms: a start, and so much a megapixel (12 megapixels of JPEG: 65 to 160 ms). A
 * machine that takes longer is slow or busy, and slow at measuring too: its layers get as many times as long.
 */
export const USUAL_DECODE_MS = { start: 5, megapixel: 10 } as const;

/** Most times as long that a slow machine's layers get. */
export const MOST_PATIENCE = 10;

/**
 * Validating Content Credentials, in ms, with the loading of the validator (0.1 to 0.2 s here; a file takes
 * 20 to 100 ms).
 */
export const CREDENTIALS_DEADLINE_MS = 5_000;
