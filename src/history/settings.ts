/** Every cap of what is kept, with its reason. Beyond a cap the oldest goes first. */

/** Entries. A list that nobody scrolls to the end of; at 500 a search by walking takes milliseconds. */
export const HISTORY_MAX_ENTRIES = 500;

/** All entries together, in bytes, evidence and thumbnails included. */
export const HISTORY_MAX_BYTES = 100 * 1024 * 1024;

/** Cells of one stored map or picture (256 x 256 as one byte each): the popup shows them no larger. */
export const RASTER_MAX_CELLS = 65_536;

/** Rasters of one entry, in bytes: six of full size, or more of smaller ones. */
export const EVIDENCE_MAX_BYTES = 6 * RASTER_MAX_CELLS;

/** Nodes and levels of a kept tree: a long chain of credentials has some dozens; forged ones have no end. */
export const TREE_MAX_NODES = 300;
export const TREE_MAX_DEPTH = 12;
/** Characters of one foreign text in a kept tree. */
export const TREE_MAX_TEXT = 500;

/** Plots of a layer, series of a plot and points of a series: more than a screen can show is thinned out. */
export const PLOTS_MAX = 4;
export const PLOT_MAX_SERIES = 6;
export const PLOT_MAX_POINTS = 512;

/** Bytes of finished checks, kept so that a second opinion does not fetch the image again. */
export const KEPT_IMAGES_MAX = 10;
export const KEPT_IMAGES_MAX_BYTES = 64 * 1024 * 1024;

/** Finished jobs, kept so that the popup can show the last check of a tab. */
export const FINISHED_JOBS_MAX = 50;

/** Longest side of a thumbnail, in pixels: 64 CSS pixels at three device pixels each. */
export const THUMBNAIL_SIDE = 192;
