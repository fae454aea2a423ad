import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StageName } from './stages.ts'

/** Stages whose pages people read; the others keep only runs that others are derived from. */
const readable: readonly StageName[] = ['acceptance', 'corpus', 'nightly', 'lab', 'compare']

/** Returns the pages that a stage has written, as paths from the folder of the night. */
export function pagesOf(name: StageName, nightFolder: string): string[] {
  const folder = join(nightFolder, name)
  if (!readable.includes(name) || !existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile() && entry.name.endsWith('.html')) return [`${name}/${entry.name}`]
    const report = `${name}/${entry.name}/report.html`
    // `latest` is a link to a folder that is here under its own name.
    return entry.isDirectory() && existsSync(join(nightFolder, report)) ? [report] : []
  })
}
