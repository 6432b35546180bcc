import { detectiks } from './providers/detectiks';
import { fakesec } from './providers/fakesec';
import { fauxlens } from './providers/fauxlens';
import { truthlens } from './providers/truthlens';
import { veriplus } from './providers/veriplus';
import { selfHosted } from './self-hosted';
import type { ProviderDefinition, ProviderId, ShapeId, StoredProvider } from './types';

/** The documented APIs, in the order in which they are offered. One line adds one. */
export const SHAPES: readonly ProviderDefinition[] = [fauxlens, fakesec, veriplus, truthlens, detectiks];

/**
 * Every provider, in the order in which they are offered and, unless the person says otherwise,
 * asked. The last, `self-hosted`, stands for any of the shapes: use `definitionFor` where its
 * set-up is known.
 */
export const PROVIDERS: readonly ProviderDefinition[] = [...SHAPES, selfHosted(fauxlens)];

/**
 * A provider by its id.
 * @throws RangeError for an id that no definition has
 */
export function getProvider(id: string): ProviderDefinition {
  const found = PROVIDERS.find((provider) => provider.id === id);
  if (found === undefined) throw new RangeError(`Expected a provider's id but received "${id}"`);
  return found;
}

/** A provider as it is set up: for `self-hosted` with the limits, bands and replies of its shape. */
export function definitionFor(
  id: ProviderId,
  config: Pick<StoredProvider, 'shape'> | null,
): ProviderDefinition {
  if (id !== 'self-hosted') return getProvider(id);
  const shape = SHAPES.find((one) => one.id === config?.shape);
  return shape === undefined ? getProvider(id) : selfHosted(shape);
}

export function isProviderId(value: string): value is ProviderId {
  return PROVIDERS.some((provider) => provider.id === value);
}

export function isShapeId(value: string): value is ShapeId {
  return SHAPES.some((provider) => provider.id === value);
}
