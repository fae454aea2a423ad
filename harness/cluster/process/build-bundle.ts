import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'vite'

/**
 * `node harness/cluster/process/build-bundle.ts OUT`, from the project's root: writes `system/main.ts` and all that it imports, the
 * dependencies too, as OUT/main.cjs with its source map. CommonJS, because an ES module that imports `node:http` makes Node load its HTTP client too.
 */
const [out = ''] = process.argv.slice(2)
const system = `${process.cwd()}/system/`

/** A module finds its files where its source is. */
const ownAddresses: Plugin = {
  name: 'own-addresses',
  transform: (code, id) =>
    id.startsWith(system) && code.includes('import.meta.url')
      ? { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)), map: null }
      : null,
}

await build({
  configFile: false,
  publicDir: false,
  logLevel: 'silent',
  ssr: { noExternal: true, target: 'node' },
  plugins: [ownAddresses],
  build: {
    ssr: 'system/main.ts',
    outDir: out,
    target: `node${process.versions.node.split('.')[0]}`,
    minify: false,
    sourcemap: true,
    rolldownOptions: { output: { format: 'cjs', entryFileNames: 'main.cjs', codeSplitting: false } },
  },
}).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
