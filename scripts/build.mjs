// @ts-check
/** `npm run build` and `npm run zip`. */
import { build, ensureDependencies, start } from './project.mjs';

start(async () => {
  await ensureDependencies();
  await build({ zip: process.argv.includes('--zip') });
  return 0;
});
