import { sourceTypeKind } from '../metadata/traces/digital-source-type';
import { knownGenerator } from '../metadata/traces/known-generators';
import { MAX_DEPTH } from './limits';
import type { Action, Manifest, ManifestStore } from './store';

/** What a manifest store says of the picture's origin. */
export interface Statement {
  readonly kind: 'generated' | 'composite' | 'camera' | 'edited';
  /** The generator or camera, as it names itself. */
  readonly name: string | null;
  /** True where every manifest that the statement rests on is vouched for by a trust list. */
  readonly trusted: boolean;
}

/** Sources of a photograph (IPTC Digital Source Type): one exposure, or several joined inside the camera. */
const CAPTURE = new Set(['digitalCapture', 'computationalCapture']);

/** Actions that leave what the picture shows as it was (C2PA 2.2, 18.15). */
const NOT_EDITORIAL = new Set([
  'c2pa.created',
  'c2pa.opened',
  'c2pa.converted',
  'c2pa.transcoded',
  'c2pa.repackaged',
  'c2pa.published',
  'c2pa.watermarked',
]);

/**
 * Reads the origin from the active manifest and the chain of its parents. What a parent says of the whole
 * picture holds for the child; what a component says holds for a part. Null where nothing is said.
 */
export function readStatement(store: ManifestStore): Statement | null {
  return follow(store, store.activeLabel, MAX_DEPTH, new Set());
}

function follow(store: ManifestStore, label: string, depth: number, seen: Set<string>): Statement | null {
  const manifest = store.manifests.get(label);
  // A store may name itself as its own ingredient.
  if (!manifest || depth === 0 || seen.has(label)) return null;
  seen.add(label);
  const trusted = store.trusted.has(label);
  const own = ownStatement(manifest);
  if (own?.kind === 'generated') return { ...own, trusted };

  // AI worked on part of it; a parent that was generated whole says more, if it is vouched for as well.
  let composite: Statement | null = own?.kind === 'composite' ? { ...own, trusted } : null;
  for (const { relationship, manifest: of } of manifest.ingredients) {
    const below = of === null ? null : follow(store, of, depth - 1, seen);
    if (!below || (below.kind !== 'generated' && below.kind !== 'composite')) continue;
    const here = { ...below, trusted: trusted && below.trusted };
    const outdone = composite?.trusted && !here.trusted;
    if (relationship === 'parentOf' && below.kind === 'generated' && !outdone) return here;
    if (!composite?.trusted) composite = { ...here, kind: 'composite' };
  }
  if (composite) return composite;
  return own ? { ...own, trusted } : null;
}

/** What one manifest says by itself. */
function ownStatement(manifest: Manifest): Omit<Statement, 'trusted'> | null {
  const { actions, generator } = manifest;
  const created = actions.filter((action) => action.action === 'c2pa.created');
  const name = nameOf(manifest);
  // Bing, Designer and Azure OpenAI write no source type: only their name says what made the picture.
  if (created.some(isGenerated)) return { kind: 'generated', name };
  const captured = created.some(({ sourceType }) => sourceType !== null && CAPTURE.has(sourceType));
  if (!captured && generator !== null && knownGenerator(generator) !== null && opensNothing(manifest)) {
    return { kind: 'generated', name };
  }
  if (actions.some(isPartlyGenerated) || manifest.assertions.some((label) => label.startsWith(ADOBE_AI))) {
    return { kind: 'composite', name };
  }
  if (captured && manifest.ingredients.length === 0) {
    const untouched = actions.every(({ action }) => NOT_EDITORIAL.has(action));
    return { kind: untouched ? 'camera' : 'edited', name: generator };
  }
  const edited = actions.some(({ action }) => !NOT_EDITORIAL.has(action));
  return edited ? { kind: 'edited', name: generator } : null;
}

const ADOBE_AI = 'com.adobe.generative-ai';

function isGenerated({ agent, sourceType }: Action): boolean {
  if (sourceType !== null) return sourceTypeKind(sourceType) === 'generated';
  return agent !== null && knownGenerator(agent) !== null;
}

function isPartlyGenerated({ agent, sourceType }: Action): boolean {
  const kind = sourceType === null ? null : sourceTypeKind(sourceType);
  return kind === 'generated' || kind === 'composite' || (agent !== null && knownGenerator(agent) !== null);
}

/** A generator's service also writes manifests of pictures that it was given: those have a parent. */
function opensNothing({ actions, ingredients }: Manifest): boolean {
  return ingredients.length === 0 && !actions.some(({ action }) => action === 'c2pa.opened');
}

/** The generator's known name, else the program's own. */
function nameOf({ actions, generator }: Manifest): string | null {
  const agents = actions.map(({ agent }) => agent).filter((agent) => agent !== null);
  const known = [...agents, ...(generator === null ? [] : [generator])]
    .map(knownGenerator)
    .find((name) => name !== null);
  // Google's writer serves Pixel cameras too: only a source type says that it was the AI.
  return (
    known ?? (generator !== null && /^google c2pa\b/i.test(generator) ? 'Google AI' : (agents[0] ?? null))
  );
}
