import { defineConfig } from 'vite'

/** Bundles the browser code of the apps: stable names, so that the server's templates need no manifest. */
export default defineConfig({
  root: 'system/apps',
  base: '/assets/',
  build: {
    outDir: '../../dist/client',
    emptyOutDir: true,
    rollupOptions: {
      input: {
        app: 'system/apps/store/client/app.ts',
        admin: 'system/apps/store/client/admin.ts',
        hello: 'system/apps/hello/client/hello.ts',
      },
      output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
})
