import type { MediaService, ProviderConfig, ProviderDefinition } from './types';

/**
 * A server of the person's own that speaks one of the documented APIs (a company's single-tenant
 * instance): the same requests and replies, another address, and nothing that the provider states
 * about its own servers.
 * @param shape the API it speaks
 */
export function selfHosted(shape: ProviderDefinition): ProviderDefinition {
  const name = `${shape.name} (self-hosted)`;
  const { testKey, usage, media } = shape;
  const named = (config: ProviderConfig): ProviderConfig => ({ ...config, name });
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
    detect: (request, config, signal) => shape.detect(request, named(config), signal),
    testKey: testKey && ((config, signal) => testKey(named(config), signal)),
    usage: usage && ((config, signal) => usage(named(config), signal)),
    media: media && ownMedia(media, named),
  };
}

function ownMedia(media: MediaService, named: (config: ProviderConfig) => ProviderConfig): MediaService {
  const { job, list } = media;
  return {
    kinds: media.kinds.map((kind) => ({ ...kind, costKey: 'providers.self_hosted.cost' })),
    submit: (request, config, signal) => media.submit(request, named(config), signal),
    job: job && ((id, config, signal) => job(id, named(config), signal)),
    list: list && ((filter, config, signal) => list(filter, named(config), signal)),
  };
}
