import type { EvidenceTree, Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { clean, cleanName } from '../metadata/clean';
import { MAX_DEPTH, MAX_LISTED } from './limits';
import type { CredentialState, Fault } from './state';
import type { Statement } from './statement';
import type { Manifest, ManifestStore } from './store';

/** What the layer found, before it is put into words. */
export type Finding =
  | Found
  | { readonly state: 'none' }
  | { readonly state: 'remote'; readonly url: string }
  | { readonly state: 'unreadable'; readonly detail: string };

export interface Found {
  readonly state: CredentialState;
  readonly fault: Fault;
  readonly statement: Statement | null;
  readonly store: ManifestStore;
  readonly active: Manifest;
  /** Day of the trust list that holds the signer; null where none does. */
  readonly listDate: string | null;
}

const text = (key: string, ...args: (string | number)[]) => message(`layers.provenance.${key}`, ...args);
const verbatim = (words: string): Text => ({ verbatim: clean(words) });

/** Label, explanation, facts and the tree of manifests. Every name in them came from the file and is cleaned. */
export function describe(
  finding: Finding,
): Pick<LayerResult, 'label' | 'explanation' | 'facts'> & { tree?: EvidenceTree } {
  if (!('store' in finding)) {
    const { state } = finding;
    const detail = state === 'remote' ? finding.url : state === 'unreadable' ? finding.detail : null;
    return {
      label: text(`label.${state}`),
      explanation: {
        seen: [detail === null ? text(`seen.${state}`) : text(`seen.${state}`, clean(detail, 120))],
        means: [text(`means.${state}`)],
        otherwise: [text(`otherwise.${state}`)],
      },
      facts: [
        { name: text('fact.state'), value: text(`state.${state}`) },
        ...(state === 'remote' ? [{ name: text('fact.remote'), value: verbatim(finding.url) }] : []),
      ],
    };
  }
  return {
    label: label(finding),
    explanation: explain(finding),
    facts: listFacts(finding),
    tree: treeOf(finding),
  };
}

/** The organisation in the signer's certificate, else the certificate's name. */
function signerOf({ issuer, signer }: Manifest): string {
  return cleanName(issuer ?? signer ?? '?');
}

function kindOf({ statement }: Found): 'generated' | 'composite' | 'camera' | 'edited' | 'silent' {
  return statement?.kind ?? 'silent';
}

function label(found: Found): Text {
  const { state, active } = found;
  if (state === 'invalid') return text(`label.invalid_${found.fault}`);
  return text(`label.${state === 'trusted' ? 'trusted' : 'unproven'}_${kindOf(found)}`, signerOf(active));
}

function explain(found: Found): Explanation {
  const { state, active, statement, store, listDate, fault } = found;
  const seen: Text[] = [
    active.time === null
      ? text('seen.signed', signerOf(active))
      : text('seen.signed_at', signerOf(active), dayOf(active.time)),
  ];
  if (active.generator !== null) seen.push(text('seen.program', cleanName(active.generator)));
  if (state === 'trusted') seen.push(text(`seen.list_${listKey(store.list)}`, listDate ?? '?'));
  else if (state === 'invalid') seen.push(text(`seen.fault_${fault}`));
  else seen.push(text(`seen.${state}`));
  if (statement && state !== 'invalid') {
    seen.push(
      statement.name === null
        ? text(`says.${statement.kind}`)
        : text(`saysNamed.${statement.kind}`, cleanName(statement.name)),
    );
    if (state === 'trusted' && !statement.trusted) seen.push(text('seen.ingredient_unproven'));
  }
  const kind = kindOf(found);
  const key = state === 'invalid' ? `invalid_${fault}` : state === 'trusted' ? `trusted_${kind}` : state;
  return {
    seen,
    means: [text(`means.${key}`)],
    otherwise: [text(`otherwise.${state === 'invalid' ? `invalid_${fault}` : state}`)],
  };
}

function listKey(list: string | null): 'c2pa' | 'user' | 'interim' {
  return list === 'c2pa' || list === 'user' ? list : 'interim';
}

function listFacts(found: Found): Fact[] {
  const { state, active, store, listDate } = found;
  const facts: Fact[] = [{ name: text('fact.state'), value: text(`state.${state}`) }];
  const add = (key: string, value: string | null) => {
    if (value !== null && value !== '') facts.push({ name: text(`fact.${key}`), value: verbatim(value) });
  };
  add('signer', [active.issuer, active.signer].filter((name) => name !== null).join(' · '));
  add('time', active.time);
  if (state === 'trusted') {
    facts.push({ name: text('fact.list'), value: text(`list.${listKey(store.list)}`, listDate ?? '?') });
  }
  add('program', active.generator);
  add('title', active.title);
  const actions = [...store.manifests.values()].flatMap((manifest) => manifest.actions);
  add('actions', [...new Set(actions.map(({ action }) => action))].slice(0, MAX_LISTED).join(', '));
  add('sourceType', [...new Set(actions.map(({ sourceType }) => sourceType).filter(Boolean))].join(', '));
  if (store.manifests.size > 1) add('manifests', String(store.manifests.size));
  if (store.failures.length > 0) add('failures', store.failures.slice(0, MAX_LISTED).join(', '));
  return facts;
}

/** Who signed what, from the picture as it is down to what it was made from. */
function treeOf({ store, active }: Found): EvidenceTree {
  const node = (manifest: Manifest, depth: number, seen: ReadonlySet<string>): EvidenceTree[] => {
    const children: EvidenceTree[] = [];
    const add = (key: string, value: string | null) => {
      if (value !== null) children.push({ label: text(`tree.${key}`), value: verbatim(value), children: [] });
    };
    add('signer', manifest.issuer ?? manifest.signer);
    children.push({
      label: text('tree.standing'),
      value: text(store.trusted.has(manifest.label) ? 'tree.vouched' : 'tree.notVouched'),
      children: [],
    });
    add('time', manifest.time);
    add('program', manifest.generator);
    for (const { action, agent, sourceType } of manifest.actions.slice(0, MAX_LISTED)) {
      add('action', [action, agent, sourceType].filter((part) => part !== null).join(' · '));
    }
    for (const { title, relationship, manifest: of } of manifest.ingredients.slice(0, MAX_LISTED)) {
      const below = of === null || seen.has(of) || depth === 0 ? undefined : store.manifests.get(of);
      children.push({
        label: text('tree.ingredient'),
        value: verbatim([title, relationship].filter((part) => part !== null).join(' · ')),
        children: below ? node(below, depth - 1, new Set([...seen, below.label])) : [],
      });
    }
    return children;
  };
  return {
    label: text('tree.root'),
    ...(active.title === null ? {} : { value: verbatim(active.title) }),
    children: node(active, MAX_DEPTH, new Set([active.label])),
  };
}

/** The day of an ISO time, as far as it is one. */
function dayOf(time: string): string {
  return clean(time.slice(0, 10), 10);
}
