import type { Analysis, ImageFormat } from '../forensics/report';

export type ProviderId = 'fauxlens' | 'fakesec' | 'veriplus' | 'truthlens' | 'detectiks';

/** What a provider is, for the options page and the consent sentence. One file a provider exports one. */
export interface ProviderDefinition {
  readonly id: ProviderId;
  /** Its own name, not translated. */
  readonly name: string;
  readonly defaultBaseUrl: string;
  /** Formats by the engine's own names; checked before anything is sent. */
  readonly limits: { readonly maxBytes: number; readonly formats: readonly ImageFormat[] };
  /** Whether it takes an address instead of the bytes. */
  readonly acceptsUrl: boolean;
  /** i18n key of its stated retention, for the consent sentence. */
  readonly retentionKey: string;
  /** i18n key of what a check costs there. */
  readonly costKey: string;
  /** i18n key of what it is, in a sentence or two. */
  readonly introKey: string;
  /** i18n key of how its scores are read in our terms. */
  readonly scaleKey: string;
  detect(request: RemoteRequest, config: ProviderConfig, signal: AbortSignal): Promise<RemoteResult>;
  /** Cheapest documented way to see whether the key works; null where the API has none. */
  readonly testKey: ((config: ProviderConfig, signal: AbortSignal) => Promise<void>) | null;
}

export interface ProviderConfig {
  readonly baseUrl: string;
  readonly apiKey: string;
}

export interface RemoteRequest {
  readonly bytes: Uint8Array;
  readonly mime: string;
  readonly sha256: string;
  /** Public https address of the image, where the person prefers to send that; else null. */
  readonly url: string | null;
}

/** A provider's answer in our own terms, with its own words kept beside. */
export interface RemoteResult {
  readonly analysis: Pick<
    Analysis,
    'verdict' | 'probability' | 'uncertainty' | 'manipulation' | 'generator' | 'layers'
  >;
  /** The provider's own verdict word and score, as sent, and the scale the score is on (`0–1`). */
  readonly own: { readonly verdict: string; readonly score: number | null; readonly scale: string };
  /**
   * Whether it judged the very file that we have; null where it did not say. False only by address:
   * for an upload another hash is `provider-bad-reply`.
   */
  readonly hashMatches: boolean | null;
  readonly processingMs: number | null;
}

/** What of an image is sent: its bytes, or its address where it has a public https one. */
export type Sends = 'bytes' | 'address';

export interface StoredProvider extends ProviderConfig {
  readonly sends: Sends;
}
