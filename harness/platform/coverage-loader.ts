import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'

/**
 * `SQUALL_COVERAGE=folder node --import harness/platform/coverage-loader.ts system/main.ts`: writes into the folder which pieces of the modules
 * of `system/` the process executed, again and again, because it may be killed at any time. Offsets are those of the sources: Node replaces
 * types by spaces. Nodes load this file, so it imports nothing of the harness.
 */
const everyMs = 500
const folder = process.env.SQUALL_COVERAGE
const root = new URL('../../', import.meta.url).href

type Range = { startOffset: number; endOffset: number; count: number }
type Piece = [start: number, end: number]
interface Taken {
  result: { url: string; functions: { ranges: Range[] }[] }[]
}

/** What of a module was executed: a range counts until a smaller one inside it says otherwise, be it a block or a function. */
function executedIn(functions: readonly { ranges: Range[] }[]): Piece[] {
  const outerFirst = functions
    .flatMap(({ ranges }) => ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  const pieces: Piece[] = []
  const around: Range[] = []
  let at = 0
  const goTo = (to: number) => {
    if (to > at && (around.at(-1)?.count ?? 0) > 0) pieces.push([at, to])
    at = Math.max(at, to)
  }
  const leaveUntil = (offset: number) => {
    for (let last = around.at(-1); last && last.endOffset <= offset; last = around.at(-1)) {
      goTo(last.endOffset)
      around.pop()
    }
  }
  for (const range of outerFirst) {
    leaveUntil(range.startOffset)
    goTo(range.startOffset)
    around.push(range)
  }
  leaveUntil(Number.POSITIVE_INFINITY)
  return pieces
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = []
  for (const [start, end] of [...pieces].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else result.push([start, end])
  }
  return result
}

function startRecording(into: string) {
  const executed: Record<string, Piece[]> = {}
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  mkdirSync(into, { recursive: true })
  const file = join(into, `${process.pid}.json`)

  function take() {
    session.post('Profiler.takePreciseCoverage', (error: Error | null, taken?: Taken) => {
      if (!error && taken) add(taken)
    })
  }
  function add({ result }: Taken) {
    for (const { url, functions } of result) {
      if (!url.startsWith(`${root}system/`)) continue
      const path = url.slice(root.length)
      executed[path] = joined([...(executed[path] ?? []), ...executedIn(functions)])
    }
    writeFileSync(`${file}.new`, JSON.stringify(executed))
    renameSync(`${file}.new`, file)
  }
  setInterval(take, everyMs).unref()
  process.on('exit', take)
}

if (folder) startRecording(folder)
