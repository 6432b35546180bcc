/** Every cap of what is kept, with its reason. Beyond a cap the oldest goes first. */

/** Entries. A list that nobody scrolls to the end of; at 500 a search by walking takes milliseconds. */
export const HISTORY_MAX_ENTRIES = 500;

/** All entries together, in bytes, evidence and thumbnails included. */
export const HISTORY_MAX_BYTES = 100 * 1024 * 1024;

/** Cells of one stored map or picture (256 x 256 as one byte each): the popup shows them no larger. */
export const RASTER_MAX_CELLS = 65_536;

/** Rasters of one entry, in bytes: four of full size, or more of smaller ones. */
export const EVIDENCE_MAX_BYTES = 4 * RASTER_MAX_CELLS;

/** Bytes of finished checks, kept so that a second opinion does not fetch the image again. */
export const KEPT_IMAGES_MAX = 10;
export const KEPT_IMAGES_MAX_BYTES = 64 * 1024 * 1024;

/** Finished jobs, kept so that the popup can show the last check of a tab. */
export const FINISHED_JOBS_MAX = 50;

/** Longest side of a thumbnail, in pixels: 64 CSS pixels at three device pixels each. */
export const THUMBNAIL_SIDE = 192;
