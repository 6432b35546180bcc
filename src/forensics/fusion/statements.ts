import type { GeneratorClaim, LayerResult } from '../report';
import type { FusionConfig } from './config';

/**
 * Log-odds to which a proven statement takes the sum: 99 to 1, the most that the engine ever says. A policy,
 * not a measurement: the signature proves who says it and that nothing changed since.
 */
const PROVEN_LOG_ODDS = Math.log(99);

/** What the file states about its maker, sorted by how far it may be believed. */
export interface Statements {
  /** Signed, whole, and the signer stands on a trust list. */
  readonly proven: GeneratorClaim | null;
  /** Signed by nobody knows whom: never counts. */
  readonly unproven: GeneratorClaim | null;
  /** Unsigned notes in the file. */
  readonly noted: GeneratorClaim | null;
  /** An invisible watermark that a generator writes. */
  readonly watermark: GeneratorClaim | null;
}

export function gatherStatements(results: readonly LayerResult[]): Statements {
  const claims = results.flatMap(({ id, status, claim }) =>
    claim && status !== 'unavailable' ? [{ id, claim }] : [],
  );
  const first = (holds: (id: string, claim: GeneratorClaim) => boolean) =>
    claims.find(({ id, claim }) => holds(id, claim))?.claim ?? null;
  return {
    proven: first((_, claim) => claim.proof === 'trusted'),
    unproven: first((_, claim) => claim.proof === 'untrusted'),
    noted: first((id, claim) => claim.proof === undefined && id !== 'watermark'),
    watermark: first((id, claim) => claim.proof === undefined && id === 'watermark'),
  };
}

/** The statement of how the picture came about that counts most; null where none does. */
export function leadingClaim({ proven, noted, watermark }: Statements): GeneratorClaim | null {
  if (proven && proven.kind !== 'edited') return proven;
  if (noted?.kind === 'generated') return noted;
  return watermark ?? noted ?? proven;
}

/** True where a trusted camera's record is contradicted by what the file or its pixels carry besides. */
export function contradictsCamera(statements: Statements): boolean {
  const { noted, watermark } = statements;
  return watermark !== null || noted?.kind === 'generated' || noted?.kind === 'composite';
}

/**
 * What signed statements and watermarks add to the log-odds, by layer.
 * - A trusted AI claim takes the sum to 99 to 1, and never down.
 * - A trusted camera claim, where nothing else in the file contradicts it, takes it to 1 to 99, and never up.
 * - A watermark counts as a note that the picture was generated, unless a note said so already.
 * @param sum log-odds of everything else
 */
export function statementContributions(
  statements: Statements,
  sum: number,
  config: FusionConfig,
): Readonly<Record<string, number>> {
  const { proven, noted, watermark } = statements;
  const fit = config.layers.metadata;
  const ratio = fit?.kind === 'claims' ? Math.max(0, fit.logRatios.generated) : 0;
  const marked = watermark && noted?.kind !== 'generated' ? ratio : 0;
  const before = sum + marked;
  if (proven?.kind === 'generated') {
    return { watermark: marked, provenance: Math.max(0, PROVEN_LOG_ODDS - before) };
  }
  if (proven?.kind === 'camera' && !contradictsCamera(statements)) {
    return { watermark: marked, provenance: Math.min(0, -PROVEN_LOG_ODDS - before) };
  }
  return { watermark: marked };
}
