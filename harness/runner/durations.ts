import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** How long each scenario took last time, in ms, by its id. */
export type Durations = Readonly<Record<string, number>>

/** Returns what earlier runs on this machine wrote; nothing when there was none, or when the file is damaged. */
export function readDurations(file: string): Durations {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Object.fromEntries(Object.entries(Object(read)).filter(([, ms]) => typeof ms === 'number')) as Durations
  } catch {
    return {}
  }
}

/** Adds to what is known. A folder without write access costs only a worse order. */
export function saveDurations(file: string, taken: Durations) {
  const unfinished = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(unfinished, `${JSON.stringify({ ...readDurations(file), ...taken }, null, 2)}\n`)
    renameSync(unfinished, file)
  } catch {
    // The next run begins in the order of this one.
  }
}
