import { basename, dirname } from 'node:path'
import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'
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
  toolOf,
  verdictSentence,
} from './format.ts'
import { createLiveArea, type TerminalSize } from './live-area.ts'
import { type Palette, palette } from './palette.ts'
import { createProgress, type Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'

export interface ConsoleOptions {
  /** Receives progress, never the result. */
  write(text: string): void
  /** Receives the result table when the run is over. */
  writeResult(text: string): void
  isTty: boolean
  color: boolean
  /** Default: as progress. */
  colorOfResult?: boolean
  clock: Clock
  /** Default: 80 columns and 24 rows. */
  size?: () => TerminalSize
  /** Of all runs of which this is one; default: of this run alone. */
  progress?: Progress
  /** One of several runs: its result is one line, because a total follows. */
  isOneOfMany?: boolean
  /** Says every step and every fault in a line of its own. */
  verbose?: boolean
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
const usualSize = () => ({ columns: 80, rows: 24 })

/**
 * On a terminal: one line per running scenario with its faults and the elapsed time, and below them how much is left, redrawn in place.
 * Elsewhere one line for each scenario that has ended.
 */
export function consoleReporter(options: ConsoleOptions): Reporter {
  const { write, writeResult, isTty, clock, size = usualSize, verbose = false } = options
  const paint = palette(options.color)
  const progress = options.progress ?? createProgress(1, clock)
  const running = new Map<string, Running>()
  const live = createLiveArea(write, size)
  let place = ''
  let frame = 0
  let notPassed = 0
  let stopSpinner = () => {}

  const elapsed = ({ sinceMs }: Running) => duration(clock.monotonicMs() - sinceMs)
  const summary = () =>
    [progress.counted(), notPassed > 0 ? `${notPassed} not passed` : undefined, progress.left()]
      .filter((part) => part !== undefined)
      .join(', ')
  const draw = (above = '') => {
    const spinner = paint.soft(frames[frame % frames.length]!)
    const { columns, rows } = size()
    const shown = [...running.values()].slice(0, Math.max(1, rows - 3))
    const lines = shown.map((one) => `${spinner} ${lineOf(one, elapsed(one), paint, columns - 3)}`)
    live.draw([...lines, paint.soft(summary())], above)
  }
  const say = (line: string) => (isTty ? draw(`${line}\n`) : write(`${line}\n`))
  const narrate = (one: Running | undefined, words: string | undefined) => {
    if (verbose && one && words) say(`  ${one.id}: ${words} (${elapsed(one)})`)
  }
  const spin = () => {
    stopSpinner = clock.after(redrawEveryMs, () => {
      frame += 1
      draw()
      spin()
    })
  }
  const end = (id: string) => {
    running.delete(id)
    progress.end(id)
  }

  return {
    onRunStart({ seed, nodes, scenarioCount, folder, place: shown, jobs = 1, planned = [], defects = [] }) {
      place = shown ?? shownPlace(folder)
      progress.beginRun(planned, jobs)
      const withDefects = defects.length > 0 ? `, with ${describeDefects(defects)}` : ''
      say(
        paint.soft(
          `${count(scenarioCount, 'scenario')}, ${count(nodes, 'node')}, seed ${seed}${withDefects}, ${place}`,
        ),
      )
      if (isTty) spin()
    },
    onScenarioStart({ id, title }) {
      running.set(id, { id, sinceMs: clock.monotonicMs(), doing: 'starts', broken: new Map() })
      progress.begin(id)
      if (verbose) say(`> ${id}: ${title}`)
    },
    onPhase(id, phase) {
      const one = running.get(id)
      if (one) one.doing = phase
    },
    onStep(id, n, title) {
      const one = running.get(id)
      if (one) one.doing = `step ${n}, ${title}`
      narrate(one, `step ${n}, ${title}`)
    },
    onFault(id, { kind, target, state }) {
      const one = running.get(id)
      const name = `${kind} ${target}`
      if (state === 'off') one?.broken.delete(name)
      else one?.broken.set(name, state === 'on' ? name : `${name} (${state})`)
      const words = { injecting: undefined, on: `broken now: ${name}`, healing: undefined, off: `healed: ${name}` }
      narrate(one, words[state])
    },
    onScenarioSkipped(skipped) {
      end(skipped.id)
      say(paint.soft(`- skipped  ${describeSkipped(skipped)}`))
    },
    onScenarioEnd(result) {
      end(result.id)
      if (result.outcome !== 'passed') notPassed += 1
      say(ended(result, paint, isTty ? '' : `[${progress.counted()}]`))
    },
    onRunEnd(run) {
      stopSpinner()
      live.erase()
      if (options.isOneOfMany) write(`${closingLine(run, paint, place)}\n`)
      else writeResult(closing(run, palette(options.colorOfResult ?? options.color), place))
    },
  }
}

/** What a scenario does gives way first: its id and its time are what one looks for. */
function lineOf({ id, doing, broken }: Running, elapsed: string, paint: Palette, columns: number): string {
  const isBroken = broken.size > 0
  const words = isBroken ? `breaking ${[...broken.values()].join(', ')}` : doing
  const name = cliTruncate(id, columns - stringWidth(elapsed) - 2)
  const room = columns - stringWidth(name) - stringWidth(elapsed) - 4
  const shown = room < shortestWords ? undefined : paint[isBroken ? 'violated' : 'soft'](cliTruncate(words, room))
  return [name, shown, paint.soft(elapsed)].filter((part) => part !== undefined).join('  ')
}

const shortestWords = 8

function ended(result: ScenarioResult, paint: Palette, counted: string): string {
  const { id, outcome, durationMs } = result
  const mark = paint[outcome](`${outcomeMark[outcome]} ${outcome}`)
  const head = [counted, mark, id, paint.soft(duration(durationMs))].filter((part) => part !== '').join('  ')
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

/** The result of one run of several. */
const closingLine = (run: RunResult, paint: Palette, place: string) =>
  `${paint[run.outcome](`${outcomeMark[run.outcome]} ${run.outcome}`)}  ${place}  ${paint.soft(duration(run.durationMs))}`

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
    `replay: ${run.replay ?? `${toolOf(run)} replay ${place}`}`,
  ].join('\n')}\n`
}
