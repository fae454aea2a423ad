import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineConfig, type UserConfig } from 'vite'

const applications = 'system/apps'

/** The entry points that an application names in its `bundles.ts`, by the names that they are built as. */
async function entriesOf(folder: string): Promise<[name: string, source: string][]> {
  const list = join(applications, folder, 'bundles.ts')
  if (!existsSync(list)) return []
  const { bundles } = (await import(pathToFileURL(resolve(list)).href)) as { bundles: Record<string, string> }
  return Object.entries(bundles).map(([name, source]) => [name, join(applications, folder, source)])
}

/** Of all applications; the built files share one folder, so no two may have one name. */
async function allEntries(): Promise<Record<string, string>> {
  const entries = (await Promise.all(readdirSync(applications).sort().map(entriesOf))).flat()
  for (const [index, [name, source]] of entries.entries()) {
    const [, other] = entries.find(([taken], at) => at < index && taken === name) ?? []
    if (other) throw new Error(`${source} and ${other} would both be built as ${name}.js; rename one in its bundles.ts`)
  }
  return Object.fromEntries(entries)
}

/** Bundles the browser code of the applications: stable names, so that the server's templates need no manifest. */
export default defineConfig(
  async (): Promise<UserConfig> => ({
    root: applications,
    base: '/assets/',
    build: {
      outDir: '../../dist/client',
      emptyOutDir: true,
      rollupOptions: {
        input: await allEntries(),
        // React libraries mark modules for servers that render them, which there are none of here.
        onwarn(warning, tell) {
          if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') tell(warning)
        },
        output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
      },
    },
  }),
)
