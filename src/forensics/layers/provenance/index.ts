import type { Container } from '../../containers/container';
import type { CredentialAnswer, Layer } from '../../layer';
import type { GeneratorClaim, LayerResult, LayerStatus } from '../../report';
import { message } from '../../text';
import { unavailable } from '../../unavailable';
import { readXmp } from '../metadata/xmp';
import { describe, type Finding, type Found } from './describe';
import { faultOf, stateOf } from './state';
import { readStatement } from './statement';
import { type ManifestStore, parseStore } from './store';

/**
 * Content Credentials (C2PA): a signed record of what made and changed the picture, validated offline
 * against trust lists; see README.md.
 */
export const provenance: Layer = {
  id: 'provenance',
  family: 'metadata',
  needs: ['file'],
  waits: true,
  async analyze(image, { credentials }, signal) {
    signal.throwIfAborted();
    const { bytes } = image;
    const container = image.container();
    if (!bytes || !container)
      return unavailable(provenance, message('engine.needs_file'), message('engine.not_run'));
    // The validator is large and slow to start: it is asked only where there is something to validate.
    if (!container.hasC2pa) return resultOf(findElsewhere(container));
    let answer: CredentialAnswer;
    try {
      answer = await credentials.read(bytes, image.format, signal);
    } catch (error) {
      signal.throwIfAborted();
      console.error('Content Credentials could not be validated:', error);
      return unavailable(
        provenance,
        message('layers.provenance.unavailable.failed'),
        message('engine.not_run'),
      );
    }
    return resultOf(findingOf(answer));
  },
};

/** A file without a manifest store may still say where one is kept; nothing is fetched from there. */
function findElsewhere(container: Container): Finding {
  const url = readXmp(container.xmp ?? '').properties.find(
    ({ name }) => name === 'dcterms:provenance',
  )?.value;
  return url !== undefined && /^https?:\/\//.test(url) ? { state: 'remote', url } : { state: 'none' };
}

function findingOf(answer: CredentialAnswer): Finding {
  switch (answer.kind) {
    case 'none':
      return { state: 'none' };
    case 'remote':
      return { state: 'remote', url: answer.url };
    case 'unreadable':
      return { state: 'unreadable', detail: answer.detail };
    case 'store': {
      const store = parseStore(answer.json);
      const active = store?.manifests.get(store.activeLabel);
      if (!store || !active) return { state: 'unreadable', detail: 'report' };
      return {
        state: stateOf(store),
        fault: faultOf(store),
        statement: readStatement(store),
        store,
        active,
        listDate: answer.issued[store.list ?? ''] ?? null,
      };
    }
  }
}

function resultOf(finding: Finding): LayerResult {
  const claim = 'store' in finding ? claimOf(finding) : null;
  return {
    id: 'provenance',
    family: 'metadata',
    status: statusOf(finding),
    score: null,
    features: features(finding),
    ...describe(finding),
    ...(claim ? { claim } : {}),
  };
}

function statusOf(finding: Finding): LayerStatus {
  if (!('store' in finding)) return finding.state === 'unreadable' ? 'warning' : 'clear';
  if (finding.state === 'invalid') return 'warning';
  const kind = finding.statement?.kind;
  if (kind === 'generated') return isProven(finding) ? 'flagged' : 'warning';
  return kind === 'composite' ? 'warning' : 'clear';
}

/** An invalid store claims nothing: what it says may have been signed for another picture. */
function claimOf(finding: Found): GeneratorClaim | null {
  const { statement, state } = finding;
  if (!statement || state === 'invalid') return null;
  return {
    kind: statement.kind,
    name: statement.name,
    where: 'Content Credentials',
    proof: isProven(finding) ? 'trusted' : 'untrusted',
  };
}

function isProven({ state, statement }: Found): boolean {
  return state === 'trusted' && statement?.trusted === true;
}

/** Named in README.md; 0 or 1, but for `manifests`. */
function features(finding: Finding): Record<string, number> {
  const store: ManifestStore | null = 'store' in finding ? finding.store : null;
  const kind = 'store' in finding ? finding.statement?.kind : undefined;
  const flag = (is: boolean) => (is ? 1 : 0);
  return {
    present: flag(store !== null),
    trusted: flag(finding.state === 'trusted'),
    untrusted: flag(finding.state === 'untrusted'),
    expired: flag(finding.state === 'expired'),
    invalid: flag(finding.state === 'invalid'),
    remote: flag(finding.state === 'remote'),
    unreadable: flag(finding.state === 'unreadable'),
    generated: flag(kind === 'generated'),
    composite: flag(kind === 'composite'),
    camera: flag(kind === 'camera'),
    edited: flag(kind === 'edited'),
    manifests: store?.manifests.size ?? 0,
  };
}
