import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'

/**
 * `node harness/cluster/process/build-packages.ts OUT PACKAGE...`, from the project's root: writes each of these packages, with all that it
 * imports, as an ES module into OUT, and `packages.json`: package -> file. A node whose own modules change while they load finds and
 * reads a few files instead of hundreds.
 */
const [out = '', ...packages] = process.argv.slice(2)
const prefix = 'squall-package:'
const idOf = (name: string) => name.replaceAll(/\W/g, '_')
const fileOf = (name: string) => `${idOf(name)}.mjs`
const named = new Map(packages.map((name) => [idOf(name), name]))

/** Exports what the package exports to an ES module. A package of CommonJS does not say beforehand what that is, so it is loaded. */
async function entryOf(name: string): Promise<string> {
  const exported = Object.keys(await import(name)).filter((key) => /^[A-Za-z_$][\w$]*$/.test(key))
  const keys = exported.filter((key) => key !== 'default')
  return [
    `import * as all from ${JSON.stringify(name)}`,
    // The name of an export may be a word that no variable may have.
    `const { ${keys.map((key, n) => `${key}: v${n}`).join(', ')} } = { ...all }`,
    `export { ${keys.map((key, n) => `v${n} as ${key}`).join(', ')} }`,
    ...(exported.includes('default') ? ['export default all.default'] : []),
  ].join('\n')
}

const entries: Plugin = {
  name: 'entries',
  resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : null),
  load: (id) => (id.startsWith(`\0${prefix}`) ? entryOf(named.get(id.slice(prefix.length + 1))!) : null),
}

await build({
  configFile: false,
  publicDir: false,
  logLevel: 'silent',
  ssr: { noExternal: true, target: 'node' },
  plugins: [entries],
  build: {
    ssr: true,
    outDir: out,
    target: `node${process.versions.node.split('.')[0]}`,
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries([...named.keys()].map((id) => [id, `${prefix}${id}`])),
      output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'shared-[hash].mjs' },
    },
  },
}).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
writeFileSync(
  join(out, 'packages.json'),
  JSON.stringify(Object.fromEntries(packages.map((name) => [name, fileOf(name)]))),
)
