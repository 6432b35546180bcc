import type { Verdict } from '../forensics/report';

/** Which way a verdict points. */
export type Side = 'ai' | 'real' | 'undecided';

export function sideOf(verdict: Verdict): Side {
  if (verdict === 'ai-generated' || verdict === 'likely-ai-generated') return 'ai';
  return verdict === 'inconclusive' ? 'undecided' : 'real';
}

/**
 * How several answers about the same image stand to each other. Nothing is averaged: answers that
 * point to opposite sides contradict each other, however sure either is.
 *
 * - `disagree`: at least one points to AI and at least one away from it
 * - `agree`: all point to the same side
 * - `partly`: those that decide agree, but not all decide
 * - `undecided`: none decides
 */
export type Agreement = 'disagree' | 'agree' | 'partly' | 'undecided';

/** @param verdicts of at least two answers */
export function agreementOf(verdicts: readonly Verdict[]): Agreement {
  const sides = new Set(verdicts.map(sideOf));
  if (sides.has('ai') && sides.has('real')) return 'disagree';
  if (sides.size === 1) return sides.has('undecided') ? 'undecided' : 'agree';
  return 'partly';
}
