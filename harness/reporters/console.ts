import { basename, dirname } from 'node:path'
import type { Clock } from '../platform/clock.ts'
import { count } from '../verdict/checker.ts'
import type { RunResult, ScenarioResult } from '../verdict/result.ts'
import {
  counts,
  describeAttempts,
  describeCells,
  describeDefects,
  describeNotJudged,
  describeSkipped,
  duration,
  flakyPart,
  outcomeMark,
  reasons,
  verdictSentence,
} from './format.ts'
import { type Palette, palette } from './palette.ts'
import type { Reporter } from './reporter.ts'

export interface ConsoleOptions {
  /** Receives progress, never the result. */
  write(text: string): void
  /** Receives the result table when the run is over. */
  writeResult(text: string): void
  isTty: boolean
  color: boolean
  clock: Clock
}

interface Running {
  id: string
  sinceMs: number
  doing: string
  /** Descriptions of the faults that are requested or active. */
  broken: Map<string, string>
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const redrawEveryMs = 120

/** One line per scenario with the current faults and the elapsed time. Redrawn in place on a terminal, plain lines elsewhere. */
export function consoleReporter(options: ConsoleOptions): Reporter {
  const { write, writeResult, isTty, clock } = options
  const paint = palette(options.color)
  const running = new Map<string, Running>()
  let place = ''
  let drawn = 0
  let frame = 0
  let stopSpinner = () => {}

  const elapsed = ({ sinceMs }: Running) => duration(clock.monotonicMs() - sinceMs)
  const erase = () => {
    if (drawn > 0) write(`\x1b[${drawn}A\x1b[0J`)
    drawn = 0
  }
  const draw = () => {
    if (!isTty) return
    for (const one of running.values())
      write(`${paint.soft(frames[frame % frames.length]!)} ${lineOf(one, elapsed(one), paint)}\n`)
    drawn = running.size
  }
  const say = (line: string) => {
    erase()
    write(`${line}\n`)
    draw()
  }
  const change = (one: Running | undefined, plain: () => string | undefined) => {
    if (!one) return
    const words = plain()
    if (!isTty && words) write(`  ${one.id}: ${words} (${elapsed(one)})\n`)
  }
  const spin = () => {
    stopSpinner = clock.after(redrawEveryMs, () => {
      frame += 1
      erase()
      draw()
      spin()
    })
  }

  return {
    onRunStart({ seed, nodes, scenarioCount, folder, defects = [] }) {
      place = shownPlace(folder)
      const withDefects = defects.length > 0 ? `, with ${describeDefects(defects)}` : ''
      say(paint.soft(`${count(scenarioCount, 'scenario')}, ${nodes} nodes, seed ${seed}${withDefects}, ${folder}`))
      if (isTty) spin()
    },
    onScenarioStart({ id, title }) {
      running.set(id, { id, sinceMs: clock.monotonicMs(), doing: 'starts', broken: new Map() })
      if (!isTty) write(`> ${id}: ${title}\n`)
    },
    onPhase(id, phase) {
      const one = running.get(id)
      if (one) one.doing = phase
    },
    onStep(id, n, title) {
      const one = running.get(id)
      if (one) one.doing = `step ${n}, ${title}`
      change(one, () => `step ${n}, ${title}`)
    },
    onFault(id, { kind, target, state }) {
      const one = running.get(id)
      const name = `${kind} ${target}`
      if (state === 'off') one?.broken.delete(name)
      else one?.broken.set(name, state === 'on' ? name : `${name} (${state})`)
      change(
        one,
        () => ({ injecting: undefined, on: `broken now: ${name}`, healing: undefined, off: `healed: ${name}` })[state],
      )
    },
    onScenarioSkipped(skipped) {
      running.delete(skipped.id)
      say(paint.soft(`- skipped  ${describeSkipped(skipped)}`))
    },
    onScenarioEnd(result) {
      running.delete(result.id)
      say(ended(result, paint))
    },
    onRunEnd(run) {
      stopSpinner()
      erase()
      writeResult(closing(run, paint, place))
    },
  }
}

function lineOf({ id, doing, broken }: Running, elapsed: string, paint: Palette): string {
  const now = broken.size > 0 ? paint.violated(`breaking ${[...broken.values()].join(', ')}`) : paint.soft(doing)
  return `${id}  ${now}  ${paint.soft(elapsed)}`
}

function ended(result: ScenarioResult, paint: Palette): string {
  const { id, outcome, durationMs } = result
  const head = `${paint[outcome](`${outcomeMark[outcome]} ${outcome}`)}  ${id}  ${paint.soft(duration(durationMs))}`
  return [
    head,
    ...[...reasons(result), ...describeAttempts(result), ...describeCells(result), ...describeNotJudged(result)].map(
      (line) => `    ${line}`,
    ),
  ].join('\n')
}

/** The shortest form a user can type; every command looks in the folder `reports`. */
const shownPlace = (folder: string) =>
  basename(dirname(folder)) === 'reports' ? `reports/${basename(folder)}` : folder

/** Returns the result of a run for people: table, summary sentence, path of the report, replay command. */
export function closing(run: RunResult, paint: Palette, place: string): string {
  const idWidth = Math.max(8, ...run.scenarios.map(({ id }) => id.length))
  const rows = run.scenarios.map(({ id, outcome, faults, durationMs }) => {
    const seen = faults.filter(({ witnessedOnMs }) => witnessedOnMs !== null).length
    const cells = [id.padEnd(idWidth), `${seen}/${faults.length}`.padStart(9), duration(durationMs).padStart(11)]
    return `${paint[outcome](`${outcomeMark[outcome]} ${outcome.padEnd(8)}`)}  ${cells.join('  ')}`
  })
  const { passed, violated, unknown, flaky } = counts(run)
  return `${[
    '',
    paint.soft(`  verdict   ${'scenario'.padEnd(idWidth)}  witnessed         took`),
    ...rows,
    '',
    paint[run.outcome](verdictSentence(run)),
    ...run.skipped.map((one) => paint.soft(`skipped: ${describeSkipped(one)}`)),
    `${passed} passed, ${violated} violated, ${unknown} unknown${flakyPart(flaky)}${run.skipped.length > 0 ? `, ${run.skipped.length} skipped` : ''} in ${duration(run.durationMs)}`,
    ...run.leaks.map((leak) => `left behind: ${leak}`),
    `report: ${place}/report.html`,
    `replay: ./squall replay ${place}`,
  ].join('\n')}\n`
}
