import type { Layer } from '../layer';
import { benford } from './benford';
import { color } from './color';
import { edge } from './edge';
import { ela } from './ela';
import { fingerprint } from './fingerprint';
import { frequency } from './frequency';
import { jpeg } from './jpeg';
import { metadata } from './metadata';
import { model } from './model';
import { noise } from './noise';
import { physics } from './physics';
import { pixel } from './pixel';
import { prnu } from './prnu';
import { provenance } from './provenance';
import { tamper } from './tamper';
import { texture } from './texture';
import { watermark } from './watermark';

/**
 * Every layer the engine runs. The model comes first: its networks compute in another thread while the
 * others use this one.
 */
export const LAYERS: readonly Layer[] = [
  model,
  provenance,
  metadata,
  ela,
  jpeg,
  benford,
  tamper,
  frequency,
  noise,
  pixel,
  prnu,
  edge,
  fingerprint,
  watermark,
  color,
  texture,
  physics,
];
