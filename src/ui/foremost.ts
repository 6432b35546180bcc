import type { LayerResult } from '../forensics/report';

/** Lists up to this long are shown whole. */
const WHOLE = 6;
/** At least so many layers are shown where there are more, at most so many. */
const LEAST = 4;
const MOST = 8;
/** Log-odds from which a layer counts: a shift of the even chance by 5 points. */
const COUNTS = 0.2;

/**
 * Parts a long list of layers into those to read first and the rest, both in the order given (weight).
 * First come signs and whatever weighs; layers that did not run are always in the rest.
 */
export function foremost(layers: readonly LayerResult[]): {
  first: readonly LayerResult[];
  rest: readonly LayerResult[];
} {
  if (layers.length <= WHOLE) return { first: layers, rest: [] };
  const ran = layers.filter(({ status }) => status !== 'unavailable');
  const telling = ran.filter(
    ({ status, contribution = 0 }) => status !== 'clear' || Math.abs(contribution) >= COUNTS,
  );
  const others = ran.filter((layer) => !telling.includes(layer));
  const chosen = [...telling.slice(0, MOST), ...others.slice(0, Math.max(0, LEAST - telling.length))];
  return {
    first: layers.filter((layer) => chosen.includes(layer)),
    rest: layers.filter((layer) => !chosen.includes(layer)),
  };
}
