import { render } from 'preact';
import { createAnalysisHost } from '../../src/analysis/host';
import { LAYERS } from '../../src/forensics/layers';
import { t } from '../../src/ui/text';
import { App } from './App';
import { createMediaSession } from './media-session';
import { optionsFrom } from './options';
import { sampleFiles } from './samples';
import { createSession } from './session';
import '../../src/ui/base.css';
import '../../src/ui/components.css';
import '../../src/ui/evidence.css';
import '../../src/ui/layers.css';
import '../../src/ui/services.css';
import './batch.css';
import './media.css';

document.title = t('batch.pageTitle');

const options = optionsFrom(new URL(location.href).searchParams, navigator.hardwareConcurrency);
const host = createAnalysisHost({
  workers: options.concurrency,
  softwareWebGpu: options.softwareWebGpu,
  ...(options.wasmThreads === null ? {} : { threads: options.wasmThreads }),
  ...(options.model === 'on'
    ? {}
    : { layers: LAYERS.filter(({ id }) => (id === 'model') === (options.model === 'only')) }),
});
const session = createSession(host, options);

const root = document.getElementById('app');
const media = createMediaSession();
if (root) render(<App session={session} media={media} />, root);

const asked = new URL(location.href).searchParams;
if (asked.get('samples') === '1') session.add(await sampleFiles());
const answer = asked.get('media');
if (answer !== null) await media.open(answer);
