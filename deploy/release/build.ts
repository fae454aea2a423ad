import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'

/**
 * `npm run release [OUT]`: writes a node as it is deployed to OUT, `dist/release` by default: one file with all its code and packages, the built pages,
 * and `node.sh`, which starts it in the foreground or as a daemon, stops it, and calls its control port. It needs Node and nothing else (DP-37).
 */
const out = resolve(process.argv[2] ?? 'dist/release')
const pages = 'dist/client'

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(69)
}

if (!existsSync(pages)) fail(`${pages} is not there; build the pages first: npm run build`)
rmSync(out, { recursive: true, force: true })
await build({
  configFile: false,
  publicDir: false,
  logLevel: 'error',
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: 'system/main.ts',
    // Two folders deep, as the source that looks for the pages beside it.
    outDir: join(out, 'lib/node'),
    target: `node${process.versions.node.split('.')[0]}`,
    emptyOutDir: true,
    minify: false,
    // In one file: all code is loaded at the start, and no request waits for a part of it.
    rolldownOptions: { output: { format: 'cjs', entryFileNames: 'main.cjs', codeSplitting: false } },
  },
})
mkdirSync(join(out, 'dist'), { recursive: true })
cpSync(pages, join(out, pages), { recursive: true })
copyFileSync(new URL('./node.sh', import.meta.url), join(out, 'node.sh'))
chmodSync(join(out, 'node.sh'), 0o755)
process.stdout.write(`${out}\n`)
