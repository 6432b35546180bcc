import type { Layer } from '../layer';
import { ela } from './ela';
import { frequency } from './frequency';
import { metadata } from './metadata';
import { model } from './model';

/**
 * Every layer the engine runs. The model comes first: its networks compute in another thread while the
 * others use this one.
 */
export const LAYERS: readonly Layer[] = [model, metadata, ela, frequency];
