import {
  accessSync,
  appendFileSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { HistoryEvent } from '../history/operation.ts'
import type { Schedule } from '../plans/schedule.ts'
import type { Clock } from '../platform/clock.ts'
import { EnvironmentMissing } from '../platform/errors.ts'
import { openLineWriter } from '../platform/line-writer.ts'
import { withSourcePositions } from '../platform/source-positions.ts'
import type { RunPlan } from '../reporters/killed-run.ts'
import type { RunResult } from '../verdict/result.ts'
import { folderOf } from './run-state.ts'

export type RunFiles = ReturnType<typeof openRunFiles>

/** The files of a run in its folder: what is planned, what happens while it happens, and the verdict. */
export function openRunFiles(folder: string, clock: Clock) {
  const write = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
  const history = openLineWriter({ file: join(folder, 'history.ndjson'), clock })
  return {
    folder,
    /** At the beginning: a run that is killed leaves no verdict, and this says what it was. */
    begin: (plan: RunPlan & Record<string, unknown>) => write('run.json', plan),
    append(scenario: string, event: HistoryEvent) {
      history.append(JSON.stringify({ scenario, ...event }))
      if (event.type !== 'fault') return
      const fault = { scenario, ...(event.value as object) }
      appendFileSync(join(folder, 'faults.ndjson'), `${JSON.stringify(fault)}\n`)
    },
    /** Copies the logs of a scenario's nodes. Returns where they are in the folder of the run. */
    keepLogs: (workFolder: string, id: string) => keepLogs(workFolder, folder, id),
    /** When nothing more happens. */
    close: () => history.close(),
    end(run: RunResult, schedule: Schedule) {
      write('schedule.json', schedule)
      write('verdict.json', run)
      pointLatest(folder)
    },
  }
}

interface Named {
  out: string
  suite: string
  seed: string
  startedAt: string
}

/** Makes the folder of a run, named after its start, its suite and its seed. Throws EnvironmentMissing where nothing can be written. */
export function makeRunFolder({ out, suite, seed, startedAt }: Named): string {
  const name = `${startedAt.replace(/[-:]|\.\d+/g, '')}-${suite.replaceAll('/', '-')}-${seed}`
  const folder = resolve(out, name)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    writeFileSync(join(folder, 'history.ndjson'), '')
    writeFileSync(join(folder, 'faults.ndjson'), '')
  } catch (error) {
    throw new EnvironmentMissing(
      `cannot write reports to ${out}: ${(error as Error).message}; make it writable or choose another folder with --out`,
    )
  }
  return folder
}

function keepLogs(workFolder: string, folder: string, id: string): string[] {
  const own = folderOf({ id })
  const from = join(workFolder, own)
  const to = join(folder, 'logs', own)
  mkdirSync(to, { recursive: true })
  try {
    const names = readdirSync(from).filter((one) => one.endsWith('.log'))
    for (const name of names) writeFileSync(join(to, name), withSourcePositions(readFileSync(join(from, name), 'utf8')))
    return names.toSorted().map((name) => relative(folder, join(to, name)))
  } catch {
    // A scenario that never got a cluster has no logs.
    return []
  }
}

function pointLatest(folder: string) {
  const latest = join(dirname(folder), 'latest')
  try {
    unlinkSync(latest)
  } catch {
    // The first run has no predecessor.
  }
  symlinkSync(basename(folder), latest)
}
