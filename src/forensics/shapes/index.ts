/** A report in the shapes of the five documented APIs: README.md. */
export type { Finished, Say } from './common';
export { type DetectiksShape, toDetectiks } from './detectiks';
export { type FakeSecShape, toFakeSec } from './fakesec';
export { type FauxLensShape, toFauxLens } from './fauxlens';
export { isShapeName, SHAPE_NAMES, type ShapeName, toShape } from './to-shape';
export { type TruthLensShape, toTruthLens } from './truthlens';
export { toVeriPlus, type VeriPlusShape } from './veriplus';
