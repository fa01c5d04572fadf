import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Built into ../static, which is committed: `npm start` shows the page without building anything. */
export default defineConfig({
  base: '/console/',
  build: {
    outDir: fileURLToPath(new URL('../static', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The engine's own code that the page shares has another copy nearby.
  resolve: { dedupe: ['graphql'] },
});
