import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PACKAGES = 'import numpy, PIL, scipy';

const python = ['python3.11', 'python3'].find(
  (command) => spawnSync(command, ['-c', PACKAGES], { stdio: 'ignore' }).status === 0,
);

it.skipIf(python === undefined).each(['fusion', 'detector'])(
  `training/%s: its own tests pass${python ? '' : ' (skipped: no Python with training/fusion/requirements.txt)'}`,
  { timeout: 600_000 },
  (room) => {
    const run = spawnSync(python ?? '', ['-m', 'unittest', 'discover', '-t', '.', '-s', 'tests'], {
      cwd: fileURLToPath(new URL(`../../training/${room}`, import.meta.url)),
      encoding: 'utf8',
    });
    // What needs PyTorch skips itself where it is not installed.
    expect(run.stderr).toMatch(/\nOK( \(skipped=\d+\))?\s*$/);
  },
);
