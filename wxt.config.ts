import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defaultClientConditions } from 'vite';
import { defineConfig } from 'wxt';
import { copyNotices } from './scripts/copy-notices.mjs';
import { copyRuntime } from './scripts/copy-runtime.mjs';

/** Public half of a throw-away key pair: it only fixes the extension id of unpacked builds. */
const DEVELOPMENT_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtSKgmv1ruCymD1+hq2EKkWHg+5/yrc7YfLIFwV9OeX7dyfy36Jc4S1viX3roIbnd2s8hGtF3A+ZqZZ0CWyHVL9utbrmeoUAPsm+CwVWzOapR8Bx9PycJmQI84xWSv76QTw+L+xAvdZc39qzl2LK2xGYOlQsDl3yfMudram8qcN3njpuwBp1EI8vIZS9PpuaEIrxNGVSk6WHI0xOvmFe3jqGftYui9OkvJQDfnLQEfY5VSWx1/4pRCbrFPk+IZADtJxs854Yok13I+U+xaRYQl/0RRru03fs5euBvcNF14OdxXEgQ9PoKt64avbXzwKmsJgkVXFlu7OIHM0Q646Xx9wIDAQAB';

export default defineConfig({
  modules: ['@wxt-dev/i18n/module'],
  // Explicit imports only: a reader sees where every name comes from.
  imports: false,
  hooks: {
    'build:before': () => {
      copyRuntime();
      copyNotices();
    },
    'prepare:types': copyRuntime,
  },
  manifestVersion: 3,
  // `npm run dev` names a browser that this machine has; root may not use Chromium's sandbox.
  webExt: {
    ...(process.env.TRUEGRAIN_BROWSER ? { binaries: { chrome: process.env.TRUEGRAIN_BROWSER } } : {}),
    chromiumArgs: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  },
  alias: { '@': fileURLToPath(new URL('.', import.meta.url)) },
  vite: () => ({
    plugins: [preact()],
    resolve: {
      // ONNX Runtime otherwise makes Vite emit a second copy of its wasm, whose threads then load
      // our own worker chunk and hang. The runtime files are packaged from public/ort instead.
      conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
    },
    worker: { format: 'es' },
    build: { target: 'chrome148', chunkSizeWarningLimit: 1024 },
  }),
  manifest: ({ mode }) => ({
    name: '__MSG_app_name__',
    short_name: 'Truegrain',
    description: '__MSG_app_description__',
    default_locale: 'en',
    minimum_chrome_version: '148',
    // Chrome 148 and later: messages from an injected script carry bytes, not JSON.
    message_serialization: 'structured_clone',
    permissions: ['contextMenus', 'offscreen', 'storage', 'activeTab', 'scripting', 'alarms'],
    optional_host_permissions: ['http://*/*', 'https://*/*'],
    content_security_policy: {
      extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'",
    },
    action: { default_title: '__MSG_app_name__' },
    // A fixed id for development and tests; the store gives its own to the zipped package.
    ...(process.env.TRUEGRAIN_STORE === '1' || mode === 'store' ? {} : { key: DEVELOPMENT_KEY }),
  }),
});
