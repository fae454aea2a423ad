import { defineConfig } from 'vite'

/** Bundles the page of the console, which `squall up` serves itself: no node has it among its assets. */
export default defineConfig({
  root: 'harness/console/page',
  base: '/console/',
  build: {
    outDir: '../../../dist/console',
    emptyOutDir: true,
    rollupOptions: {
      input: { console: 'harness/console/page/index.html' },
      output: { entryFileNames: 'assets/[name].js', assetFileNames: 'assets/[name][extname]' },
    },
  },
})
