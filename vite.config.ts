import { defineConfig } from 'vite'

/** Bundles the browser code of the store: stable names, so that the server's templates need no manifest. */
export default defineConfig({
  root: 'system/apps/store/client',
  base: '/assets/',
  build: {
    outDir: '../../../../dist/client',
    emptyOutDir: true,
    rollupOptions: {
      input: 'system/apps/store/client/app.ts',
      output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
})
