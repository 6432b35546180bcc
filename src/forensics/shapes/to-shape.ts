import type { Finished, Say } from './common';
import { toDetectiks } from './detectiks';
import { toFakeSec } from './fakesec';
import { toFauxLens } from './fauxlens';
import { toTruthLens } from './truthlens';
import { toVeriPlus } from './veriplus';

/** The five shapes by the ids of their APIs, with the names of these. */
export const SHAPE_NAMES = {
  fauxlens: 'FauxLens',
  fakesec: 'FakeSec',
  veriplus: 'VeriPlus',
  truthlens: 'TruthLens',
  detectiks: 'Detectiks',
} as const;

export type ShapeName = keyof typeof SHAPE_NAMES;

export function isShapeName(value: unknown): value is ShapeName {
  return typeof value === 'string' && Object.hasOwn(SHAPE_NAMES, value);
}

const CONVERTERS: Readonly<Record<ShapeName, (report: Finished, say: Say) => object>> = {
  fauxlens: toFauxLens,
  fakesec: (report) => toFakeSec(report),
  veriplus: toVeriPlus,
  truthlens: toTruthLens,
  detectiks: toDetectiks,
};

/** A finished check as the API of that name would answer it: plain data, ready for JSON. */
export function toShape(name: ShapeName, report: Finished, say: Say): object {
  return CONVERTERS[name](report, say);
}
