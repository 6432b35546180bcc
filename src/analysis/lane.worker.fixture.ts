import * as Comlink from 'comlink';
import { receiveImage } from '../forensics/decode';
import type { LayerOutcome } from '../forensics/run-layer';
import { message } from '../forensics/text';
import type { AnalysisWorkerApi } from './protocol';

/**
 * An analysis worker whose layers behave as their names say: `endless` computes for ever, `crash` throws out
 * of reach, `waits` never answers; all others answer at once with the picture's width.
 */
let width = 0;

const outcome = (id: string): LayerOutcome => ({
  result: {
    id,
    family: 'pixels',
    status: 'clear',
    score: null,
    features: { width },
    label: message('test'),
    explanation: { seen: [], means: [], otherwise: [] },
  },
  detected: null,
});

const api: AnalysisWorkerApi = {
  start() {},
  connectModel() {},
  async open(sent) {
    width = (await receiveImage(sent)).bitmap.width;
  },
  async run(id) {
    if (id === 'endless') for (;;);
    if (id === 'crash') {
      setTimeout(() => {
        throw new Error('out of memory');
      });
      return new Promise(() => {});
    }
    if (id === 'waits') await new Promise((resolve) => setTimeout(resolve, 50));
    return outcome(id);
  },
  release() {
    width = 0;
  },
  async laterMap() {
    return null;
  },
  dropMap() {},
};

Comlink.expose(api);
