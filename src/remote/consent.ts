import type { Text } from '../forensics/text';
import { message } from '../forensics/text';
import { definitionFor } from './registry';
import type { ProviderId, Sends, ShapeId, StoredProvider } from './types';

/** What a person agrees to, ready to be shown; the same words wherever it is asked. */
export interface ConsentFacts {
  readonly provider: ProviderId;
  /** The provider's own name. */
  readonly name: string;
  /** Where it goes: `https://api.fauxlens.com`. */
  readonly origin: string;
  /** One sentence: what is sent, to whom, and that the page's address is not. */
  readonly sentence: Text;
  /** The same in parts, for a list: what is sent, what never is, kept how long, at what cost. */
  readonly rows: readonly { readonly name: Text; readonly value: Text }[];
}

/** The facts of sending images to a provider as it is set up. Pure: it reads and stores nothing. */
export function consentFacts(
  provider: ProviderId,
  config: { readonly baseUrl: string; readonly sends: Sends; readonly shape?: ShapeId },
): ConsentFacts {
  const definition = definitionFor(provider, config);
  const { origin } = new URL(config.baseUrl);
  const { defaultBaseUrl } = definition;
  const hosted = defaultBaseUrl !== '' && origin === new URL(defaultBaseUrl).origin;
  return {
    provider,
    name: definition.name,
    origin,
    sentence: message(`consent.sentence.${config.sends}`, definition.name, origin),
    rows: [
      { name: message('consent.rows.what'), value: message(`consent.what.${config.sends}`) },
      { name: message('consent.rows.to'), value: { verbatim: `${definition.name} (${origin})` } },
      { name: message('consent.rows.never'), value: message('consent.never') },
      {
        name: message('consent.rows.retention'),
        // What a provider states about its own servers says nothing of one that somebody else runs.
        value: hosted ? message(definition.retentionKey) : message('consent.retention.elsewhere', origin),
      },
      { name: message('consent.rows.cost'), value: message(definition.costKey) },
    ],
  };
}

/** What an agreement covers: another origin, or another kind of sending, needs another one. */
export function consentScope(
  provider: ProviderId,
  config: Pick<StoredProvider, 'baseUrl' | 'sends'>,
): string {
  return `${provider} ${new URL(config.baseUrl).origin} ${config.sends}`;
}
