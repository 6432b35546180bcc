import type { Container } from '../../containers/container';
import type { Fact } from '../../report';
import { message, type Text } from '../../text';
import type { CameraRecord } from './camera';
import { clean, cleanName } from './clean';
import { iccDescription } from './icc';
import { IPTC } from './iptc';
import type { Trace } from './traces';
import { digitalSourceTypes } from './traces/digital-source-type';
import { softwareFields } from './traces/software';
import { exifText, type MetadataView, whereText, xmpValues } from './view';

/** Embedded texts listed; generators write up to 10, hostile files as many as they like. */
const MAX_LISTED_TEXTS = 12;

interface FactSources {
  readonly container: Container;
  readonly view: MetadataView;
  readonly camera: CameraRecord;
  readonly traces: readonly Trace[];
  readonly width: number;
  readonly height: number;
}

/** The facts table, top to bottom. Every value that came from the file is cleaned and verbatim. */
export function listFacts(sources: FactSources): Fact[] {
  const facts: Fact[] = [];
  const add = (key: string, value: string | null | undefined | Text) => {
    if (value === null || value === undefined || value === '') return;
    const shown = typeof value === 'string' ? { verbatim: clean(value) } : value;
    facts.push({ name: message(`layers.metadata.facts.${key}`), value: shown });
  };
  const { container, view, camera, traces } = sources;
  for (const trace of traces) if (trace.model) add('model', trace.model);
  addCamera(camera, add);
  addSizes(sources, add);
  for (const name of new Set(softwareFields(view).map(({ text }) => cleanName(text)))) add('software', name);
  add('author', exifText(view, 'Artist') ?? view.iptc.get(IPTC.byline));
  add('credit', xmpValues(view, 'photoshop:Credit')[0] ?? view.iptc.get(IPTC.credit));
  for (const type of new Set(digitalSourceTypes(view))) add('sourceType', type);
  addProvenance(view, add);
  if (view.iptc.get(IPTC.instructions)?.startsWith('FBMD'))
    add('facebook', message('layers.metadata.isThere'));
  add('icc', container.icc === null ? null : iccDescription(container.icc));
  add('userComment', exifText(view, 'UserComment'));
  add('description', exifText(view, 'ImageDescription') ?? xmpValues(view, 'dc:description')[0]);
  for (const entry of view.texts.slice(0, MAX_LISTED_TEXTS)) {
    facts.push({
      name: message('layers.metadata.facts.text', clean(whereText(entry), 100)),
      value: { verbatim: clean(entry.text) },
    });
  }
  if (container.problems.length > 0) add('problems', container.problems.join('; '));
  return facts;
}

type Add = (key: string, value: string | null | undefined | Text) => void;

function addCamera(camera: CameraRecord, add: Add): void {
  add('camera', camera.name);
  add('lens', camera.lens);
  add('exposure', camera.exposure);
  add('taken', camera.takenAt);
  // Presence only: the place itself stays in the file.
  if (camera.hasGps) add('gps', message('layers.metadata.isThere'));
}

function addSizes({ view, width, height }: FactSources, add: Add): void {
  add('size', `${width} × ${height}`);
  const { ExifImageWidth: w, ExifImageHeight: h } = view.exif;
  if (typeof w === 'number' && typeof h === 'number') add('exifSize', `${w} × ${h}`);
}

function addProvenance(view: MetadataView, add: Add): void {
  if (view.c2pa !== null) {
    add('c2pa', message('layers.metadata.c2paUnvalidated'));
    add('c2paGenerator', view.c2pa.generator);
    const actions = view.c2pa.actions.map(({ action, softwareAgent }) =>
      softwareAgent ? `${action} (${softwareAgent})` : action,
    );
    add('c2paActions', [...new Set(actions)].join(', '));
  }
  add('c2paRemote', xmpValues(view, 'dcterms:provenance')[0]);
}
