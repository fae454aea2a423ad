import type { ScenarioResult } from '../verdict/result.ts'

export interface LogLine {
  /** The name of the log's file without its end, such as `n1`. */
  source: string
  /** Since the scenario began. */
  tMs: number
  text: string
}

const beforeMs = 2_000
const afterMs = 500
const mostLines = 40

/** Returns the lines that nodes and the database logged shortly before a moment and after it, in order of time. Pure. */
export function logsAround(
  { startedAt, artifacts }: ScenarioResult,
  tMs: number,
  read: (path: string) => Uint8Array | undefined,
): LogLine[] {
  const startMs = Date.parse(startedAt)
  const lines = artifacts.filter((path) => path.endsWith('.log')).flatMap((path) => linesOf(path, startMs, read(path)))
  const near = lines.filter((line) => line.tMs >= tMs - beforeMs && line.tMs <= tMs + afterMs)
  return near.sort((a, b) => a.tMs - b.tMs).slice(-mostLines)
}

function linesOf(path: string, startMs: number, content: Uint8Array | undefined): LogLine[] {
  if (content === undefined) return []
  const source = path.slice(path.lastIndexOf('/') + 1, -'.log'.length)
  return new TextDecoder()
    .decode(content)
    .split('\n')
    .flatMap((line) => {
      const logged = line.startsWith('{') ? ofNode(line) : ofDatabase(line)
      return logged ? [{ source, tMs: logged.at - startMs, text: logged.text }] : []
    })
}

const levels: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

function ofNode(line: string): { at: number; text: string } | undefined {
  try {
    const { level, time, node: _, msg = '', ...rest } = JSON.parse(line)
    const more = Object.entries(rest).map(
      ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    return { at: Date.parse(time), text: `${levels[level] ?? level} ${msg}${more.join('')}` }
  } catch {
    return undefined
  }
}

function ofDatabase(line: string): { at: number; text: string } | undefined {
  const [, day, time, text] = /^(\d{4}-\d\d-\d\d) ([\d:.]+) UTC \[\d+\] (.*)$/.exec(line) ?? []
  return text === undefined ? undefined : { at: Date.parse(`${day}T${time}Z`), text }
}
