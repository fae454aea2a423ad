import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from '../platform/errors.ts'
import { jsonIn } from '../platform/json.ts'
import { linesOf } from '../platform/lines.ts'
import type { NightLine } from './night.ts'

/** All nights that a file holds, in the order of their dates; the last write wins for a scenario that a night has twice. */
export interface NightHistory {
  lines: NightLine[]
  /** Lines that a write which was cut off has left; they are left out. */
  torn: number
}

const fields = ['night', 'scenario', 'outcome', 'seed'] as const

/** Reads a history of nights; a file that is not there has no nights. Throws UsageError when a line is something else than a night. */
export function readNights(file: string): NightHistory {
  const byKey = new Map<string, NightLine>()
  let [number, torn] = [0, 0]
  for (const { line } of existsSync(file) ? linesOf(file) : []) {
    number += 1
    if (line === '') continue
    const parsed = jsonIn(line) as NightLine | undefined
    if (parsed === undefined) torn += 1
    else byKey.set(`${parsed.night} ${parsed.scenario}`, requireNight(parsed, file, number))
  }
  const lines = [...byKey.values()].sort((a, b) => (a.night < b.night ? -1 : a.night > b.night ? 1 : 0))
  return { lines, torn }
}

function requireNight(value: NightLine, file: string, number: number): NightLine {
  const isNight = value?.version === 1 && fields.every((name) => typeof value[name] === 'string')
  if (isNight) return value
  throw new UsageError(
    `${file} is no history of nights: line ${number} has no night, scenario, outcome and seed of version 1`,
  )
}

/** Appends lines with one write, so that two nights that end at the same time do not mix. After a torn line it begins a new one. */
export function appendNights(file: string, lines: readonly NightLine[]) {
  if (lines.length === 0) return
  mkdirSync(dirname(file), { recursive: true })
  const descriptor = openSync(file, 'a+')
  try {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const bytes = Buffer.from(`${endsInLine(descriptor) ? '' : '\n'}${text}`)
    if (writeSync(descriptor, bytes) < bytes.length) throw new Error(`${file} could not be written to its end`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function endsInLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor)
  if (size === 0) return true
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  return last[0] === 0x0a
}
