// @ts-check
/**
 * `npm run demo:providers`: a stand-in for FauxLens on this computer, with a sample key, so that the
 * way to a provider can be seen without an account. It judges nothing: every image gets the reply
 * that FauxLens's documentation shows.
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const PORT = 8787;

/** @type {{ module: typeof import('./fauxlens-server.ts') }} */
const { module } = await runnerImport(fileURLToPath(new URL('./fauxlens-server.ts', import.meta.url)));
const port = Number(process.env.PORT ?? PORT);
const server = await module.startFauxLens({ port });

console.log(`A stand-in for FauxLens answers at ${server.origin}

In Truegrain's settings, under "Detection services", set up FauxLens with
  API key  ${module.SAMPLE_KEY}
  Server   ${server.origin}
then agree to sending. When the free checks of the day are used up, checks go there.
It judges nothing: every image gets the reply that FauxLens's documentation shows.

Ctrl+C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
