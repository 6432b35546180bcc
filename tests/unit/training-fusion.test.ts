import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../training/fusion', import.meta.url));
const PACKAGES = 'import numpy, PIL, scipy';

const python = ['python3.11', 'python3'].find(
  (command) => spawnSync(command, ['-c', PACKAGES], { stdio: 'ignore' }).status === 0,
);

it.skipIf(python === undefined)(
  `training/fusion: its own tests pass${python ? '' : ' (skipped: no Python with training/fusion/requirements.txt)'}`,
  { timeout: 600_000 },
  () => {
    const run = spawnSync(python ?? '', ['-m', 'unittest', 'discover', '-t', '.', '-s', 'tests'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stderr).toMatch(/\nOK\s*$/);
  },
);
