import type { Container } from '../../containers/container';
import type { ForensicImage } from '../../image';
import type { EngineServices, ExifTags, Layer } from '../../layer';
import type { LayerResult } from '../../report';
import { message } from '../../text';
import { unavailable } from '../../unavailable';
import { readCamera, sizeDiffers } from './camera';
import { findPrograms } from './editors';
import { listFacts } from './facts';
import { type Findings, judge } from './judgement';
import { c2paAi } from './provenance';
import { findTraces } from './traces';
import { metadataView } from './view';

/**
 * What the file says about itself: camera records, names of programs, and the traces that image
 * generators leave. Believed only inside valid container segments; see README.md.
 */
export const metadata: Layer = {
  id: 'metadata',
  family: 'metadata',
  needs: ['file'],
  waits: true,
  async analyze(image, services, signal) {
    signal.throwIfAborted();
    const container = image.container();
    if (container === null) return pixelsOnly();
    const exif = await decodeExif(container, services, signal);
    return evaluate(image, container, exif);
  },
};

/** Pixels alone carry no data about the file. */
function pixelsOnly(): LayerResult {
  return {
    ...unavailable(
      metadata,
      message('layers.metadata.unavailable.pixelsOnly'),
      message('layers.metadata.label.pixelsOnly'),
    ),
    explanation: {
      seen: [message('layers.metadata.seen.pixelsOnly')],
      means: [message('layers.metadata.means.pixelsOnly')],
      otherwise: [],
    },
  };
}

/** EXIF tags, or null where there is a block that cannot be read or took too long. */
async function decodeExif(
  container: Container,
  services: EngineServices,
  signal: AbortSignal,
): Promise<ExifTags | null> {
  if (container.exif === null) return {};
  try {
    return await services.exif.decode(container.exif, signal);
  } catch {
    // An aborted analysis ends here; a block that cannot be read is a finding of its own.
    signal.throwIfAborted();
    return null;
  }
}

function evaluate(image: ForensicImage, container: Container, decoded: ExifTags | null): LayerResult {
  const exif = decoded ?? {};
  const { view, xmpWhole } = metadataView(container, exif);
  const camera = readCamera(exif);
  const traces = findTraces(view);
  const findings: Findings = {
    traces,
    camera,
    programs: findPrograms(view),
    c2pa: view.c2pa,
    c2paAi: view.c2pa === null ? null : c2paAi(view.c2pa),
    exifUnreadable: decoded === null,
    xmpUnreadable: !xmpWhole,
    sizeDiffers: sizeDiffers(exif, image.width, image.height) === true,
    anything:
      container.exif !== null ||
      container.xmp !== null ||
      container.iptc !== null ||
      container.texts.length > 0,
  };
  const { status, label, explanation, claim } = judge(findings);
  return {
    id: 'metadata',
    family: 'metadata',
    status,
    score: null,
    features: features(findings, container),
    label,
    explanation,
    facts: listFacts({ container, view, camera, traces, width: image.width, height: image.height }),
    ...(claim ? { claim } : {}),
  };
}

/** Named in README.md; every one is 0 or 1. */
function features(findings: Findings, container: Container): Record<string, number> {
  const { traces, camera, programs } = findings;
  const has = (kind: string) => traces.some((trace) => trace.kind === kind);
  const flags: Record<string, boolean> = {
    claimGenerated: has('generated'),
    claimComposite: has('composite'),
    claimSynthetic: has('synthetic'),
    camera: camera.coherent,
    cameraPartial: camera.name !== null && !camera.coherent,
    cameraVirtual: camera.virtual,
    gps: camera.hasGps,
    editor: programs.editor !== null,
    developer: programs.developer !== null,
    anyExif: container.exif !== null,
    anyXmp: container.xmp !== null,
    anyIcc: container.icc !== null,
    c2paPresent: container.hasC2pa,
    c2paAi: findings.c2paAi?.kind === 'generated',
    c2paAiPart: findings.c2paAi?.kind === 'composite',
    exifSizeDiffers: findings.sizeDiffers,
  };
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag ? 1 : 0]));
}
