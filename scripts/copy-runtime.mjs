// @ts-check
/**
 * Packages ONNX Runtime's own files: copies them from node_modules to public/ort, which git ignores.
 * Of the four builds only JSPI's is taken: it runs WASM and WebGPU both, and is 10 MB smaller than the
 * build that does the same without JSPI, which every Chrome we support has (since 137).
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** Kept in step with `onnxruntime-web/jspi` in src/forensics/model/session.ts. */
export const RUNTIME_FILES = ['ort-wasm-simd-threaded.jspi.mjs', 'ort-wasm-simd-threaded.jspi.wasm'];

/** Copies what is missing or differs, removes what is left of another version. Cheap when nothing is to do. */
export function copyRuntime() {
  const from = join(ROOT, 'node_modules', 'onnxruntime-web', 'dist');
  const to = join(ROOT, 'public', 'ort');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(to)) {
    if (!RUNTIME_FILES.includes(name)) rmSync(join(to, name));
  }
  for (const name of RUNTIME_FILES) {
    const source = statSync(join(from, name));
    const target = join(to, name);
    const same =
      existsSync(target) &&
      statSync(target).size === source.size &&
      statSync(target).mtimeMs >= source.mtimeMs;
    if (!same) copyFileSync(join(from, name), target);
  }
}
