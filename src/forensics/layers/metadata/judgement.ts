import type { Explanation, GeneratorClaim, LayerStatus } from '../../report';
import { message, type Text } from '../../text';
import type { C2paClaims } from './c2pa-claims';
import type { CameraRecord } from './camera';
import { cleanName } from './clean';
import type { Programs } from './editors';
import type { C2paAi } from './provenance';
import type { Trace } from './traces';

/** Everything the layer found, before it is put into words. */
export interface Findings {
  readonly traces: readonly Trace[];
  readonly camera: CameraRecord;
  readonly programs: Programs;
  readonly c2pa: C2paClaims | null;
  readonly c2paAi: C2paAi | null;
  /** An EXIF block is there but could not be read. */
  readonly exifUnreadable: boolean;
  readonly xmpUnreadable: boolean;
  readonly sizeDiffers: boolean;
  /** The file carries EXIF, XMP, IPTC or embedded texts at all. */
  readonly anything: boolean;
}

export interface Judgement {
  readonly status: LayerStatus;
  readonly label: Text;
  readonly explanation: Explanation;
  readonly claim: GeneratorClaim | null;
}

const text = (key: string, ...args: (string | number)[]) => message(`layers.metadata.${key}`, ...args);

/** The ground that decides the label, strongest first. */
type Ground =
  | 'generated'
  | 'composite'
  | 'synthetic'
  | 'c2paGenerated'
  | 'c2paComposite'
  | 'virtual'
  | 'editor'
  | 'camera'
  | 'partial'
  | 'c2paOnly'
  | 'nothing'
  | 'stripped';

/**
 * Plain absence is `clear` with a label that says how little that is: the layer ran and saw nothing,
 * which is neither an oddity (`warning`) nor a failure to run (`unavailable`). An unvalidated
 * manifest is never more than a `warning`.
 */
const STATUS: Readonly<Record<Ground, LayerStatus>> = {
  generated: 'flagged',
  composite: 'warning',
  synthetic: 'warning',
  c2paGenerated: 'warning',
  c2paComposite: 'warning',
  virtual: 'warning',
  editor: 'warning',
  camera: 'clear',
  partial: 'clear',
  c2paOnly: 'clear',
  nothing: 'clear',
  stripped: 'clear',
};

/** Puts findings into status, words and claim. */
export function judge(findings: Findings): Judgement {
  const ground = findGround(findings);
  const name = subject(ground, findings);
  return {
    status: STATUS[ground],
    label: name === null ? text(`label.${ground}`) : text(`labelNamed.${ground}`, name),
    explanation: {
      seen: seen(findings),
      means: [text(`means.${ground}`)],
      otherwise: [text(`otherwise.${ground}`), ...moreLimits(ground, findings)],
    },
    claim: claimOf(ground, findings, name),
  };
}

function findGround({ traces, camera, programs, c2pa, c2paAi, anything }: Findings): Ground {
  const first = traces[0];
  // A statement of the whole outweighs one of a part, wherever either stands.
  if (first?.kind === 'generated') return 'generated';
  if (c2paAi?.kind === 'generated') return 'c2paGenerated';
  if (first) return first.kind;
  if (c2paAi) return 'c2paComposite';
  if (camera.virtual) return 'virtual';
  if (programs.editor !== null) return 'editor';
  if (camera.coherent) return 'camera';
  if (camera.name !== null) return 'partial';
  if (c2pa !== null) return 'c2paOnly';
  return anything ? 'nothing' : 'stripped';
}

/** The name that the label gives, where the ground has one. */
function subject(ground: Ground, { traces, camera, programs, c2pa, c2paAi }: Findings): string | null {
  const names: Readonly<Record<Ground, string | null | undefined>> = {
    generated: traces.find((trace) => trace.generator !== null)?.generator ?? c2paAi?.generator,
    composite: traces.find((trace) => trace.generator !== null)?.generator ?? c2paAi?.generator,
    synthetic: null,
    c2paGenerated: c2paAi?.generator,
    c2paComposite: c2paAi?.generator,
    virtual: null,
    editor: programs.editor,
    camera: camera.name,
    partial: camera.name,
    c2paOnly: c2pa?.generator,
    nothing: null,
    stripped: null,
  };
  const name = names[ground];
  return name === null || name === undefined ? null : cleanName(name);
}

function seen(findings: Findings): Text[] {
  const { traces, camera, programs, c2pa, c2paAi } = findings;
  const lines: Text[] = traces.map((trace) =>
    trace.generator === null
      ? text(`seen.${trace.kind}`, trace.where)
      : text(`seenNamed.${trace.kind}`, trace.where, cleanName(trace.generator)),
  );
  for (const model of new Set(traces.map((trace) => trace.model).filter((model) => model !== undefined))) {
    lines.push(text('seen.model', cleanName(model)));
  }
  if (c2pa !== null) {
    const writer = c2pa.generator === null ? null : cleanName(c2pa.generator);
    lines.push(writer === null ? text('seen.c2pa') : text('seenNamed.c2pa', writer));
  }
  if (c2paAi !== null) lines.push(text(`seen.c2pa_${c2paAi.kind}`));
  if (camera.name !== null) {
    const exposure = camera.exposure;
    lines.push(
      exposure
        ? text('seen.camera', cleanName(camera.name), exposure)
        : text('seen.cameraOnly', cleanName(camera.name)),
    );
  }
  if (camera.virtual) lines.push(text('seen.virtual'));
  if (programs.editor !== null) lines.push(text('seen.editor', cleanName(programs.editor)));
  if (programs.developer !== null) lines.push(text('seen.developer', cleanName(programs.developer)));
  if (findings.sizeDiffers) lines.push(text('seen.sizeDiffers'));
  if (findings.exifUnreadable) lines.push(text('seen.exifUnreadable'));
  if (findings.xmpUnreadable) lines.push(text('seen.xmpUnreadable'));
  if (lines.length === 0) lines.push(findings.anything ? text('seen.nothing') : text('seen.stripped'));
  return lines;
}

function moreLimits(ground: Ground, { camera, traces, c2paAi }: Findings): Text[] {
  const ai = traces.length > 0 || c2paAi !== null;
  // Both at once happens: photographs that a generator has finished, and records that were copied over.
  return ai && camera.coherent && ground !== 'camera' ? [text('otherwise.bothCameraAndAi')] : [];
}

/** What Content Credentials say is claimed by the layer that validates them (`provenance`), not here. */
function claimOf(ground: Ground, { traces }: Findings, name: string | null): GeneratorClaim | null {
  const first = traces[0];
  switch (ground) {
    case 'generated':
    case 'composite':
      return { kind: ground, name, where: first?.where ?? '' };
    case 'editor':
      return { kind: 'edited', name, where: 'Software' };
    case 'camera':
      return { kind: 'camera', name, where: 'EXIF' };
    default:
      return null;
  }
}
