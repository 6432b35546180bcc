/** Fewest photographs a pattern is learned from: below, noise of the scenes outweighs it. */
export const LEAST_PHOTOS = 5;
/** Beyond this many more teach little; they are left out, in the order chosen. */
export const MOST_PHOTOS = 60;
/** Cameras kept at most: each costs a check a comparison, and a megabyte. */
export const MOST_CAMERAS = 8;
/** Letters of a camera's name. */
export const LONGEST_NAME = 60;
/** Photographs held in memory to judge the pattern of the others by, 8 MB each. */
export const HELD_BACK = 6;
