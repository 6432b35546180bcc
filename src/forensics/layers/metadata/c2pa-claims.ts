import { ascii, lenientText, u8, u32be, u64be } from '../../containers/bytes';
import { type CborValue, decodeCbor } from './cbor';
import { MAX_JUMBF_BOXES, MAX_JUMBF_DEPTH } from './limits';

/** One recorded action of any manifest in the store. */
interface C2paAction {
  /** `c2pa.created`, `c2pa.edited` ... */
  readonly action: string;
  readonly softwareAgent: string | null;
  /** Last part of the IPTC address: `trainedAlgorithmicMedia`. */
  readonly digitalSourceType: string | null;
}

/**
 * What a manifest store says, read and NOT validated: no signature, hash or certificate is checked
 * here, so nothing of it may be shown as proven.
 */
export interface C2paClaims {
  /** Program that wrote the active (last) manifest. */
  readonly generator: string | null;
  /** Programs that wrote the manifests of the ingredients. */
  readonly ingredientGenerators: readonly string[];
  readonly actions: readonly C2paAction[];
  /** Labels of the assertions: `com.adobe.generative-ai`. */
  readonly assertions: readonly string[];
  readonly manifests: number;
}

interface JumbfBox {
  readonly label: string;
  /** Superboxes inside. */
  readonly children: readonly JumbfBox[];
  /** Contents of a `cbor` box, if there is one. */
  readonly cbor: Uint8Array | null;
}

/** Reads claims and actions of a manifest store (C2PA 2.2, 11.1; JUMBF, ISO 19566-5). Never throws. */
export function readC2paClaims(store: Uint8Array): C2paClaims {
  const budget = { left: MAX_JUMBF_BOXES };
  const [root] = superboxes(store, 0, store.length, 0, budget);
  const generators: (string | null)[] = [];
  const actions: C2paAction[] = [];
  const assertions = new Set<string>();
  for (const manifest of root?.children ?? []) {
    let generator: string | null = null;
    for (const part of manifest.children) {
      if (/^c2pa\.claim(\.v\d+)?$/.test(part.label)) generator = claimGenerator(decoded(part));
      if (part.label !== 'c2pa.assertions') continue;
      for (const assertion of part.children) {
        assertions.add(assertion.label);
        if (/^c2pa\.actions(\.v\d+)?(__\d+)?$/.test(assertion.label))
          actions.push(...readActions(decoded(assertion)));
      }
    }
    generators.push(generator);
  }
  return {
    generator: generators.at(-1) ?? null,
    ingredientGenerators: generators.slice(0, -1).filter((name) => name !== null),
    actions,
    assertions: [...assertions],
    manifests: generators.length,
  };
}

function superboxes(
  bytes: Uint8Array,
  from: number,
  to: number,
  depth: number,
  budget: { left: number },
): JumbfBox[] {
  const found: JumbfBox[] = [];
  for (const box of jumbfBoxes(bytes, from, to, budget)) {
    if (box.type === 'jumb' && depth < MAX_JUMBF_DEPTH)
      found.push(superbox(bytes, box.start, box.end, depth, budget));
  }
  return found;
}

function superbox(
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
  budget: { left: number },
): JumbfBox {
  let label = '';
  let cbor: Uint8Array | null = null;
  for (const box of jumbfBoxes(bytes, start, end, budget)) {
    if (box.type === 'jumd') {
      // Type (16), toggles (1); bit 1 says that a label follows.
      const text = bytes.subarray(box.start + 17, Math.min(box.end, box.start + 17 + 256));
      if (u8(bytes, box.start + 16) & 2) label = lenientText(text).split('\0', 1)[0] ?? '';
    } else if (box.type === 'cbor') {
      cbor ??= bytes.subarray(box.start, box.end);
    }
  }
  return { label, cbor, children: superboxes(bytes, start, end, depth + 1, budget) };
}

function* jumbfBoxes(
  bytes: Uint8Array,
  from: number,
  to: number,
  budget: { left: number },
): Generator<{ type: string; start: number; end: number }> {
  let at = from;
  while (at + 8 <= to && budget.left-- > 0) {
    const short = u32be(bytes, at);
    const header = short === 1 ? 16 : 8;
    const size = short === 0 ? to - at : short === 1 ? u64be(bytes, at + 8) : short;
    if (size < header || at + size > to) return;
    yield { type: ascii(bytes, at + 4, 4), start: at + header, end: at + size };
    at += size;
  }
}

function decoded(box: JumbfBox): CborValue {
  if (box.cbor === null) return null;
  try {
    return decodeCbor(box.cbor);
  } catch {
    return null; // malformed CBOR says nothing; decodeCbor throws CborError only
  }
}

function member(value: CborValue | undefined, name: string): CborValue {
  return value instanceof Map ? (value.get(name) ?? null) : null;
}

function text(value: CborValue): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** Version 1: a user-agent string; version 2: a map with a name, or a list of such. */
function claimGenerator(claim: CborValue): string | null {
  const info = member(claim, 'claim_generator_info');
  const first = Array.isArray(info) ? (info[0] ?? null) : info;
  return text(member(first, 'name')) ?? text(member(claim, 'claim_generator'));
}

function readActions(assertion: CborValue): C2paAction[] {
  const list = member(assertion, 'actions');
  const agents = member(assertion, 'softwareAgents');
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => {
    const action = text(member(entry, 'action'));
    if (action === null) return [];
    const index = member(entry, 'softwareAgentIndex');
    const shared = Array.isArray(agents) && typeof index === 'number' ? (agents[index] ?? null) : null;
    const agent = member(entry, 'softwareAgent') ?? shared;
    return [
      {
        action,
        softwareAgent: text(agent) ?? text(member(agent, 'name')),
        digitalSourceType: text(member(entry, 'digitalSourceType'))?.split('/').at(-1) ?? null,
      },
    ];
  });
}
