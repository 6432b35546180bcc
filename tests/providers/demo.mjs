// @ts-check
/**
 * `npm run demo:providers`: stand-ins for the five services on this computer, with sample keys, so
 * that the way to a provider, and from one to the next, can be seen without an account. They judge
 * nothing: images get the replies that the services' documentation shows.
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** First of five ports in a row. */
const FIRST_PORT = Number(process.env.PORT ?? 8787);

/** @type {{ module: typeof import('./stand-ins.ts') }} */
const { module } = await runnerImport(fileURLToPath(new URL('./stand-ins.ts', import.meta.url)));

/** @type {import('./contract-server.ts').ContractServer[]} */
const servers = [];
const lines = [];
for (const [index, { name, start, keys }] of module.STAND_INS.entries()) {
  const server = await start(FIRST_PORT + index);
  servers.push(server);
  lines.push(`${name.padEnd(10)} ${server.origin}`);
  lines.push(...keys.map(({ key, what }) => `           ${key.padEnd(34)} ${what}`), '');
}

console.log(`Stand-ins for the five services answer on this computer:

${lines.join('\n')}
In Truegrain's settings, under "Detection services", set one up with its server and a key from above,
test the key, and agree to sending. When the free checks of the day are used up, checks go there.

To see the way to the next service: give the first one a key that is used up, the second a good one.
To see a disagreement: ask TruthLens for a second opinion; it calls every image authentic.
They judge nothing: images get the replies that the services' documentation shows.

Ctrl+C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    void Promise.all(servers.map((server) => server.close())).then(() => process.exit(0));
  });
}
