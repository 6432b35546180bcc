import type { Analysis, ImageFormat, Verdict } from '../forensics/report';
import type { Text } from '../forensics/text';
import type { Line } from './line';
import type { UsageReport } from './usage';

/** The five documented APIs: how a request and its reply look. */
export type ShapeId = 'fauxlens' | 'fakesec' | 'veriplus' | 'truthlens' | 'detectiks';

/** A service that can be set up. `self-hosted` is any of the five shapes at an address of the person's own. */
export type ProviderId = ShapeId | 'self-hosted';

/**
 * What a provider is, for the client, the options page and the consent sentence. One folder a provider
 * (`providers/<id>/`) exports one; a sixth is one more folder and one line in `registry.ts`.
 */
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
  /**
   * The provider's own bands, from "made by AI" down, on its own scale. Shown with every answer,
   * the one that the answer fell into marked (`bandOf`).
   */
  readonly bands: readonly Band[];
  /** Further choices of the set-up (Detectiks' `model`, VeriPlus' `analysisType`); often none. */
  readonly options: readonly ProviderOption[];
  /** Test or live, by the key's own shape; `plain` where the API makes no such difference. */
  keyKind(apiKey: string): KeyKind;
  /** The documented pace of this key, so that limits are met before the server has to say no. */
  pace(config: ProviderConfig): Pace;
  /**
   * Whether sending the same image twice can cost nothing twice: a test key, or a documented
   * idempotency. Only then is an upload of unknown fate sent again without asking the person.
   */
  repeatsAreFree(config: ProviderConfig): boolean;
  /**
   * Judges one image: builds the request, talks through `converse` (`client.ts`), validates the
   * reply (`reply.ts`) and answers in our terms.
   * @throws CheckError with a `provider-*` code, `offline` or `cancelled`
   */
  detect(request: RemoteRequest, config: ProviderConfig, signal: AbortSignal): Promise<RemoteResult>;
  /** Cheapest documented way to see whether the key works; null where the API has none. */
  readonly testKey: ((config: ProviderConfig, signal: AbortSignal) => Promise<void>) | null;
  /**
   * Asks a documented usage endpoint that costs nothing (FakeSec `GET /usage`, Detectiks
   * `GET /api/usage/status`); null where there is none. What headers and replies tell is recorded
   * besides, see `RemoteResult.usage` and `line.ts`.
   */
  readonly usage: ((config: ProviderConfig, signal: AbortSignal) => Promise<UsageReport>) | null;
  /** Video and sound, where the API judges them too; null where it takes images only. */
  readonly media: MediaService | null;
}

/** One band of a provider's own scale. */
export interface Band {
  /** Short and stable: `ai`, `uncertain`, `real`. */
  readonly id: string;
  /** The provider's own word for it, verbatim, or null where it has none. */
  readonly word: string | null;
  /** On the provider's own scale; `from` belongs to the band, `to` does not (but for the topmost). */
  readonly from: number;
  readonly to: number;
  /** The scale, as in `RemoteResult.own.scale`: `0–1`, `0–100`. */
  readonly scale: string;
  /** i18n key: what the provider says that it means, and what it recommends. */
  readonly meaningKey: string;
  /** Our verdict for an answer in this band. */
  readonly verdict: Verdict;
}

/** A further choice of a provider's set-up. Its value is kept in `StoredProvider.options[id]`. */
export type ProviderOption =
  | {
      readonly kind: 'text';
      readonly id: string;
      readonly labelKey: string;
      readonly hintKey: string;
      /** What a value must match; an empty value always means "left out of the request". */
      readonly pattern: RegExp;
    }
  | {
      readonly kind: 'choice';
      readonly id: string;
      readonly labelKey: string;
      readonly hintKey: string;
      /** The first is the default. `value` is sent as it is. */
      readonly values: readonly { readonly value: string; readonly labelKey: string }[];
    };

export type KeyKind = 'test' | 'live' | 'plain';

/** How fast a key may ask. */
export interface Pace {
  /** Requests in `perMs`; the size of the token bucket. Infinity where nothing is documented. */
  readonly requests: number;
  readonly perMs: number;
  /** Conversations at the same time. */
  readonly concurrency: number;
}

/** What a provider file gets to talk with. */
export interface ProviderConfig {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Values of the definition's `options`, checked; absent ones are at their default. */
  readonly options?: Readonly<Record<string, string>>;
  /** How failures name the provider, where not by its own name: `partyOf` in `reply.ts` reads it. */
  readonly name?: string;
  /**
   * The line to talk on: takes a place in the key's bucket before each request and hears what each
   * reply's headers say. `partyOf` hands it to `converse`; absent in tests that need none.
   */
  readonly line?: Line;
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
  /**
   * Its own analyzers and modules are `layers` of family `provider`, ids `<shape>.<theirs>`, in its
   * order, `score` null (nothing of theirs is calibrated by us) and their figure in
   * `features: { score }` on the provider's own scale; a skipped one (FakeSec's −1) is `unavailable`.
   * Faces found are `regions` of the layer that found them, in pixels of the image, and of
   * `manipulation` where the provider calls them manipulated.
   */
  readonly analysis: Pick<
    Analysis,
    'verdict' | 'probability' | 'uncertainty' | 'manipulation' | 'generator' | 'layers'
  >;
  /** The provider's own verdict word and score, as sent, and the scale the score is on (`0–1`). */
  readonly own: OwnWords;
  /**
   * Whether it judged the very file that we have; null where it did not say. False only by address:
   * for an upload another hash is `provider-bad-reply`.
   */
  readonly hashMatches: boolean | null;
  readonly processingMs: number | null;
  /** What the reply's body told of the account (tokens used and left, credits). Headers are read by `converse`. */
  readonly usage?: UsageReport;
}

export interface OwnWords {
  readonly verdict: string;
  readonly score: number | null;
  readonly scale: string;
  /** Id of the band (`ProviderDefinition.bands`) that the answer fell into, where there are bands. */
  readonly band?: string;
  /**
   * Further things it said, in its own words and order: recommendation, risk score, manipulation
   * type, presentation, explanations, model. Names are i18n keys or verbatim; values are tamed.
   */
  readonly more?: readonly { readonly name: Text; readonly value: Text }[];
  /** True where the answer came from a test key: made-up figures, never a judgement. */
  readonly test?: boolean;
}

/** What of an image is sent: its bytes, or its address where it has a public https one. */
export type Sends = 'bytes' | 'address';

/**
 * `always`: one agreement covers all uploads of its scope. `each-time`: the person is asked before
 * every upload, and a check waits for the answer (`WaitReason` `consent` with `everyTime`).
 */
export type ConsentMode = 'always' | 'each-time';

/** A set-up as kept, with the key opened. */
export interface StoredProvider {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly sends: Sends;
  readonly options?: Readonly<Record<string, string>>;
  /** The key is sealed by the vault and closed: `apiKey` is `''`, and nothing can be sent. */
  readonly locked?: true;
  /** Which of the five APIs a `self-hosted` server speaks; absent for all others. */
  readonly shape?: ShapeId;
}

/** Video or sound, for providers that judge it. Never an image: those go through `detect`. */
export type MediaKind = 'video' | 'audio';

export interface MediaService {
  readonly kinds: readonly {
    readonly kind: MediaKind;
    /** MIME types. */
    readonly types: readonly string[];
    readonly maxBytes: number;
    /** i18n key of what it costs. */
    readonly costKey: string;
  }[];
  /** Sends a file. Where the API answers at once the job comes back `completed`. */
  submit(request: MediaRequest, config: ProviderConfig, signal: AbortSignal): Promise<MediaJob>;
  /** How a job stands; null where every answer comes at once. */
  readonly job: ((id: string, config: ProviderConfig, signal: AbortSignal) => Promise<MediaJob>) | null;
  /** The account's jobs, newest first; null where the API has no list. */
  readonly list:
    | ((filter: MediaFilter, config: ProviderConfig, signal: AbortSignal) => Promise<readonly MediaJob[]>)
    | null;
}

export interface MediaRequest {
  readonly kind: MediaKind;
  readonly file: Blob;
}

export interface MediaFilter {
  readonly state?: MediaJob['state'];
  readonly kind?: MediaKind;
  /** 1..100 */
  readonly limit?: number;
}

/** A job of a provider for video or sound. */
export interface MediaJob {
  readonly id: string;
  readonly state: 'processing' | 'completed' | 'failed';
  readonly kind: MediaKind | null;
  /** The provider's own estimate (`45 seconds`), tamed, or null. */
  readonly estimate: string | null;
  /** Set exactly when completed (a list may leave it out). */
  readonly answer: MediaAnswer | null;
}

export interface MediaAnswer {
  readonly verdict: Verdict;
  /** P(synthetic) as for images, 0.01..0.99. */
  readonly probability: number;
  readonly own: OwnWords;
  /** Its findings, as for images; family `provider`. */
  readonly layers: Analysis['layers'];
}
