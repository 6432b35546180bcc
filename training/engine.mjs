/** The engine's own TypeScript for scripts in Node: one implementation, so that training measures what ships. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const resolveDir = fileURLToPath(new URL('../src/forensics/', import.meta.url));

/**
 * @param {string} contents `export ... from` lines, relative to `src/forensics`
 * @returns {Promise<object>} what they export
 */
export async function loadEngine(contents) {
  const bundle = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
