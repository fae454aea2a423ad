import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { zipSync } from 'fflate'
import type { HistoryEvent, NewEvent } from '../../../harness/history/operation.ts'
import { renderFile, renderings } from '../../../harness/reporters/files.ts'
import type { RunPlan } from '../../../harness/reporters/killed-run.ts'
import { readRecord, readRun } from '../../../harness/reporters/record.ts'
import type { RunResult, ScenarioResult } from '../../../harness/verdict/result.ts'

const fixture = join(import.meta.dirname, 'fixture')
const read = (name: string) => readFileSync(join(fixture, name), 'utf8')

/** A picture of one pixel. */
export const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
)

/** A trace as Playwright writes it, with one picture of each page at each time; times since the scenario began. */
export function traceOf(startedAt: string, frames: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const startMs = Date.parse(startedAt)
  const entries = Object.entries(frames).flatMap(([page, times]) =>
    times.map(
      (tMs) => [`screencast/page@${page}-${startMs + tMs}.jpeg`, new Uint8Array([...jpeg, tMs % 256])] as const,
    ),
  )
  return zipSync({ 'trace.trace': new TextEncoder().encode('{}'), ...Object.fromEntries(entries) })
}

function write(folder: string, path: string, content: string | Uint8Array) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

const asStored = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** Writes a violated run with logs, a trace, and an expectation that compares two values; with all of its reports. */
export function writeViolatedRun(folder: string) {
  const run = readRun(fixture)
  const [first, second, ...rest] = run.scenarios as [ScenarioResult, ScenarioResult, ...ScenarioResult[]]
  const violated: ScenarioResult = {
    ...second,
    apps: ['store'],
    artifacts: ['browser/stock/alice-trace.zip', 'browser/stock/gone.png', 'logs/stock/n1.log', 'logs/stock/db.log'],
    expectations: second.expectations.map((one) => ({
      ...one,
      ...{ why: 'alice sees item 1 as high, expected low', expected: ['low'], seen: ['high'] },
    })),
  }
  write(
    folder,
    'verdict.json',
    asStored({ ...run, scenarios: [{ ...first, apps: ['hello'], artifacts: [] }, violated, ...rest] }),
  )
  write(folder, 'history.ndjson', read('history.ndjson'))
  write(folder, 'faults.ndjson', read('faults.ndjson'))
  write(
    folder,
    'browser/stock/alice-trace.zip',
    traceOf(second.startedAt, { one: [1_000, 3_000, 60_000], two: [2_000] }),
  )
  write(folder, 'logs/stock/n1.log', logOf(second.startedAt))
  write(folder, 'logs/stock/db.log', '2026-11-20 20:15:04.000 UTC [1] LOG:  ready\n')
  renderAll(folder)
}

function logOf(startedAt: string): string {
  const at = (tMs: number) => new Date(Date.parse(startedAt) + tMs).toISOString()
  const line = (tMs: number, msg: string) => JSON.stringify({ level: 40, time: at(tMs), node: 'n1', peer: 'n2', msg })
  return `squall: changed a file\n${line(100, 'long before')}\n${line(4_200, 'just <before>')}\n`
}

/** Writes a run in which everything passed, and so left neither logs nor traces. */
export function writeGreenRun(folder: string) {
  const run = readRun(fixture)
  const scenarios = run.scenarios.slice(0, 1).map((one) => ({ ...one, artifacts: [] }))
  const green: RunResult = { ...run, outcome: 'passed', exitCode: 0, leaks: [], scenarios }
  write(folder, 'verdict.json', asStored(green))
  write(folder, 'history.ndjson', read('history.ndjson'))
  write(folder, 'faults.ndjson', read('faults.ndjson'))
  renderAll(folder)
}

/** Writes what a run leaves that was killed in the middle: no verdict, and half a line at the end of its history. */
export function writeKilledRun(folder: string) {
  const { suite, seed, driver, nodes, defects, startedAt, environment } = readRun(fixture)
  const plan: RunPlan = {
    suite,
    seed,
    driver,
    nodes,
    defects,
    startedAt,
    environment,
    owner: { pid: 1, stamp: undefined },
  }
  write(folder, 'run.json', asStored(plan))
  write(folder, 'history.ndjson', read('history.ndjson').slice(0, -40))
  renderAll(folder)
}

/** Writes a violated run of one scenario with about as many events, as a crowd of clients makes them. */
export function writeLargeRun(folder: string, eventCount: number) {
  const run = readRun(fixture)
  const [, violated] = run.scenarios as [ScenarioResult, ScenarioResult]
  const events = manyEvents(eventCount)
  const endMs = events.at(-1)!.tMs
  const phases = [
    { name: 'provision', startMs: 0, endMs: 1_500 },
    { name: 'steps', startMs: 1_500, endMs: endMs - 1_000 },
    { name: 'final-reads', startMs: endMs - 1_000, endMs },
  ]
  const scenario = { ...violated, phases, artifacts: [], durationMs: endMs }
  write(folder, 'verdict.json', asStored({ ...run, scenarios: [scenario] }))
  write(
    folder,
    'history.ndjson',
    events.map((event) => `${JSON.stringify({ scenario: scenario.id, ...event })}\n`).join(''),
  )
  write(folder, 'faults.ndjson', '')
  renderAll(folder)
}

const clients = Array.from({ length: 24 }, (_, n) => `client-${n}`)

/** Twenty messages a second to every client, one in a thousand of them lost, and a push of every client now and then. */
function manyEvents(count: number): HistoryEvent[] {
  const events: HistoryEvent[] = []
  const add = (tMs: number, event: NewEvent) => events.push({ index: events.length, tMs, ...event })
  for (const who of clients) {
    add(1_500, { who, type: 'connect', node: 'n1' })
    add(1_500, { who, type: 'join', topic: 'ping', node: 'n1' })
  }
  for (let seq = 1; events.length < count; seq += 1) {
    const tMs = 2_000 + 50 * seq
    const value = { publisher: 'n1', seq, origin: 'n1' }
    add(tMs, { who: 'n1', type: 'publish', topic: 'ping', event: 'ledger', value })
    add(tMs, {
      who: 'n1',
      node: 'n1',
      type: 'metric',
      operation: 'sockets_connected',
      value: { value: seq % 50, kind: 'g' },
    })
    for (const [n, who] of clients.entries()) {
      if ((seq * 24 + n) % 1_000 !== 0)
        add(tMs + (n % 9), { who, type: 'receive', topic: 'ping', event: 'ledger', value })
      if ((seq + n) % 8 === 0) add(tMs, { who, type: 'invoke', operation: 'push', op: seq * 24 + n, value: {} })
      if ((seq + n) % 8 === 0) add(tMs + 9, { who, type: 'ok', operation: 'push', op: seq * 24 + n, value: {} })
    }
  }
  return events.sort((one, other) => one.tMs - other.tMs).map((event, index) => ({ ...event, index }))
}

function renderAll(folder: string) {
  const record = readRecord(folder)
  for (const name of Object.keys(renderings) as (keyof typeof renderings)[]) renderFile(folder, name, record)
}
