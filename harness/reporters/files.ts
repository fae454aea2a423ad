import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ctrf } from './ctrf.ts'
import { html } from './html.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { openMetrics } from './openmetrics.ts'
import { perfetto } from './perfetto.ts'
import type { RunRecord } from './record.ts'

/** The files derived from a run's verdict, by file name. */
export const renderings = {
  'junit.xml': junit,
  'summary.md': markdown,
  'report.html': html,
  'ctrf.json': ctrf,
  'metrics.om': openMetrics,
  'trace.perfetto.json': perfetto,
} as const satisfies Record<string, (record: RunRecord) => string>

export type RenderingName = keyof typeof renderings

/** Writes one derived file atomically, so that a reader never sees half of it. */
export function renderFile(folder: string, name: RenderingName, record: RunRecord): string {
  const file = join(folder, name)
  writeFileSync(`${file}.new`, renderings[name](record))
  renameSync(`${file}.new`, file)
  return file
}
