import { message } from '../forensics/text';
import { type ConsentFacts, consentFacts } from './consent';
import { definitionFor } from './registry';
import type { MediaKind, ProviderId, StoredProvider } from './types';

/** What a person agrees to before a video or a sound file leaves the computer. */

/**
 * The facts of sending one such file to a provider as it is set up. Pure: it reads and stores nothing.
 * @throws RangeError where the provider does not take this kind
 */
export function mediaConsentFacts(
  id: ProviderId,
  config: Pick<StoredProvider, 'baseUrl' | 'shape'>,
  kind: MediaKind,
): ConsentFacts {
  const taken = definitionFor(id, config).media?.kinds.find((one) => one.kind === kind);
  if (taken === undefined) throw new RangeError(`${id} takes no ${kind}`);
  // An address in place of the bytes is for images alone.
  const { name, origin, rows, provider } = consentFacts(id, { ...config, sends: 'bytes' });
  const [, to, , retention] = rows;
  return {
    provider,
    name,
    origin,
    sentence: message(`media.consent.sentence.${kind}`, name, origin),
    rows: [
      { name: message('consent.rows.what'), value: message(`media.consent.what.${kind}`) },
      ...(to === undefined ? [] : [to]),
      { name: message('consent.rows.never'), value: message('media.consent.never') },
      ...(retention === undefined ? [] : [retention]),
      { name: message('consent.rows.cost'), value: message(taken.costKey) },
    ],
  };
}

/** What such an agreement covers: one provider at one origin, and one kind of file. */
export function mediaScope(
  id: ProviderId,
  { baseUrl }: Pick<StoredProvider, 'baseUrl'>,
  kind: MediaKind,
): string {
  return `${id} ${new URL(baseUrl).origin} ${kind}`;
}
