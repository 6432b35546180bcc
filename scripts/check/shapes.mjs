// @ts-check
/**
 * What `--shape` takes: ids of `src/forensics/shapes/to-shape.ts`, which plain Node does not load. A test
 * holds the two together.
 */
export const SHAPES = ['fauxlens', 'fakesec', 'veriplus', 'truthlens', 'detectiks'];
