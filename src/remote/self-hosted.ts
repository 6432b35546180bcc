import type { ProviderDefinition } from './types';

/**
 * A server of the person's own that speaks one of the documented APIs (a company's single-tenant
 * instance): the same requests and replies, another address, and nothing that the provider states
 * about its own servers.
 * @param shape the API it speaks
 */
export function selfHosted(shape: ProviderDefinition): ProviderDefinition {
  const name = `${shape.name} (self-hosted)`;
  return {
    ...shape,
    id: 'self-hosted',
    name,
    // There is none: the person types it.
    defaultBaseUrl: '',
    introKey: 'providers.self_hosted.intro',
    retentionKey: 'providers.self_hosted.retention',
    costKey: 'providers.self_hosted.cost',
    // The plans of the public service say nothing about the limits of this one.
    pace: (config) => ({ ...shape.pace(config), requests: Number.POSITIVE_INFINITY }),
    detect: (request, config, signal) => shape.detect(request, { ...config, name }, signal),
  };
}
