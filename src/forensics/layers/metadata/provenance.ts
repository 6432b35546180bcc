import type { C2paClaims } from './c2pa-claims';
import { sourceTypeKind } from './traces/digital-source-type';
import { knownGenerator } from './traces/known-generators';

/** What an unvalidated manifest says of AI, or null where it says nothing of it. */
export interface C2paAi {
  readonly kind: 'generated' | 'composite';
  readonly generator: string | null;
}

/**
 * Reads AI words of claims and actions. Most manifests of AI services carry a source type; Bing,
 * Designer and Azure OpenAI name the service only, so known names count too.
 */
export function c2paAi(claims: C2paClaims): C2paAi | null {
  const writers = [claims.generator, ...claims.ingredientGenerators].filter((name) => name !== null);
  const agents = claims.actions.map((action) => action.softwareAgent).filter((name) => name !== null);
  const known = [...agents, ...writers].map(knownGenerator).find((name) => name !== null) ?? null;
  const types = claims.actions.map((action) => sourceTypeKind(action.digitalSourceType ?? ''));
  const created = claims.actions.filter((action) => action.action === 'c2pa.created');
  const createdByGenerator = created.some((action) => knownGenerator(action.softwareAgent ?? '') !== null);
  const writtenByGenerator = knownGenerator(claims.generator ?? '') !== null;
  const stated = types.some((type) => type !== null);
  // Google's writer serves Pixel cameras too: it names the AI only where a source type says AI.
  const generator =
    known ?? (stated && writers.some((name) => /^google c2pa\b/i.test(name)) ? 'Google AI' : null);
  if (types.includes('composite')) return { kind: 'composite', generator };
  if (types.includes('generated')) {
    // An AI step inside a longer history made a part; as the act of creation it made the whole.
    const whole = created.some((action) => sourceTypeKind(action.digitalSourceType ?? '') === 'generated');
    return { kind: whole ? 'generated' : 'composite', generator };
  }
  if (createdByGenerator || writtenByGenerator) return { kind: 'generated', generator };
  const adobeAssertion = claims.assertions.some((label) => label.startsWith('com.adobe.generative-ai'));
  return generator !== null || adobeAssertion ? { kind: 'composite', generator } : null;
}
