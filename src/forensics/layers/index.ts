import type { Layer } from '../layer';
import { ela } from './ela';
import { frequency } from './frequency';
import { metadata } from './metadata';
import { model } from './model';
import { noise } from './noise';
import { pixel } from './pixel';
import { provenance } from './provenance';

/**
 * Every layer the engine runs. The model comes first: its networks compute in another thread while the
 * others use this one.
 */
export const LAYERS: readonly Layer[] = [model, provenance, metadata, ela, frequency, noise, pixel];
