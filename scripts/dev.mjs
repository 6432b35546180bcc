// @ts-check
/** `npm run dev`: WXT's live reload, in a browser that this machine has. */
import { ensureBrowser } from './browser.mjs';
import { ensureDependencies, runTool, start } from './project.mjs';

start(async () => {
  await ensureDependencies();
  return runTool('wxt/bin/wxt.mjs', [], { env: { TRUEGRAIN_BROWSER: await ensureBrowser() } });
});
