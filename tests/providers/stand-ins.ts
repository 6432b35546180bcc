import type { ContractServer } from './contract-server';
import * as detectiks from './detectiks-server';
import * as fakesec from './fakesec-server';
import * as fauxlens from './fauxlens-server';
import * as truthlens from './truthlens-server';
import * as veriplus from './veriplus-server';

/** All five stand-ins, for the demo and for tests that go through all providers. */
export interface StandIn {
  readonly id: 'fauxlens' | 'fakesec' | 'veriplus' | 'truthlens' | 'detectiks';
  readonly name: string;
  /** Path of its detection, and the multipart field of the image. */
  readonly path: string;
  readonly field: string;
  readonly start: (port?: number) => Promise<ContractServer>;
  /** The first key works. */
  readonly keys: readonly { readonly key: string; readonly what: string }[];
}

export const STAND_INS: readonly StandIn[] = [
  {
    id: 'fauxlens',
    name: 'FauxLens',
    path: '/v1/detect',
    field: 'image',
    start: (port) => fauxlens.startFauxLens({ port }),
    keys: [
      { key: fauxlens.SAMPLE_KEY, what: 'works: "AI-Generated", 0.94' },
      { key: fauxlens.SPENT_KEY, what: 'used up until the month ends' },
    ],
  },
  {
    id: 'fakesec',
    name: 'FakeSec',
    path: '/api/v1/detect',
    field: 'file',
    start: (port) => fakesec.startFakeSec({ port }),
    keys: [
      { key: fakesec.LIVE_KEY, what: 'a live key: "AI", 0.85' },
      { key: fakesec.TEST_KEY, what: 'a test key: made-up figures, no tokens' },
      { key: fakesec.SPENT_KEY, what: 'a live key without tokens' },
    ],
  },
  {
    id: 'veriplus',
    name: 'VeriPlus',
    path: '/api/v4/deepfake/analyse/image',
    field: 'image',
    start: (port) => veriplus.startVeriPlus({ port, steps: 3 }),
    keys: [
      { key: veriplus.SAMPLE_KEY, what: 'works: a face swap, 87 of 100' },
      { key: veriplus.SPENT_KEY, what: 'without credits' },
    ],
  },
  {
    id: 'truthlens',
    name: 'TruthLens',
    path: '/api/detect',
    field: 'image',
    start: (port) => truthlens.startTruthLens({ port }),
    keys: [
      { key: truthlens.SAMPLE_KEY, what: 'works: not AI, 0.83' },
      { key: truthlens.SPENT_KEY, what: 'used up until the month ends' },
    ],
  },
  {
    id: 'detectiks',
    name: 'Detectiks',
    path: '/api/detect',
    field: 'file',
    start: (port) => detectiks.startDetectiks({ port }),
    keys: [
      { key: detectiks.SAMPLE_KEY, what: 'works: "AI generated", 87.3 of 100' },
      { key: detectiks.SPENT_KEY, what: 'used up until the day ends' },
    ],
  },
];
