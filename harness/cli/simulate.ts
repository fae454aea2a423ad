import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeFaults, type Plan } from '../plans/plan.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed, hex } from '../platform/random.ts'
import { toolCommand } from '../platform/tool-command.ts'
import { outFolder } from '../runner/run-folder.ts'
import { patchFor } from '../selftest/defects.ts'
import { type Campaign, isEndless, plansOf, runCampaign, shrink } from '../simulation/campaign.ts'
import type { Judged } from '../simulation/judge.ts'
import { type Simulator, startSimulator } from '../simulation/simulator.ts'
import { describeSkipped } from '../simulation/skipped.ts'
import type { Command } from './command.ts'
import { flags, wholeNumber } from './options.ts'
import { planIn } from './replay.ts'

interface SimulateFlags {
  seed?: number
  histories?: number
  budget?: number
  plan?: string
  out?: string
  defect?: string[]
  json?: boolean
}

const historiesDefault = 500
const historiesMax = 10_000_000

export const simulate: Command = {
  name: 'simulate',
  summary:
    'run random scenarios on a deterministic simulated cluster, thousands a minute; shrink the plan of each violated invariant',
  options: [
    flags.seed,
    {
      flags: '--histories <n>',
      help: `number of histories (default: ${historiesDefault})`,
      parse: wholeNumber('--histories', 1, historiesMax),
    },
    { ...flags.budget, help: 'run as many histories as fit, such as 60s' },
    { flags: '--plan <file>', help: 'run this plan instead of random ones' },
    flags.defect,
    flags.out,
    flags.json,
  ],
  async run(_names, options: SimulateFlags, io) {
    const plans = options.plan === undefined ? undefined : [planIn(options.plan)]
    const simulator = startSimulator({ patch: await patchFor(options.defect, io) })
    try {
      return await runAll(simulator, plans, options, io)
    } finally {
      await simulator.stop()
    }
  },
}

async function runAll(simulator: Simulator, plans: Plan[] | undefined, options: SimulateFlags, io: Io) {
  const seed = options.seed ?? freshSeed()
  const startedMs = io.clock.monotonicMs()
  const elapsedMs = () => io.clock.monotonicMs() - startedMs
  const campaign = await runCampaign({
    simulator,
    plans: plans ?? plansOf(seed),
    goesOn: (startedCount) => !io.interruption.by() && isWanted(startedCount, elapsedMs(), options),
  })
  const perMinute = Math.round((campaign.histories / elapsedMs()) * 60_000)
  const stopped = io.interruption.by()
  if (stopped && campaign.violated === 0) return codeOf(stopped)
  const violations = await shrinkAll(campaign, simulator, outFolder(io, options.out), io)
  const { firsts: _firsts, ...counts } = campaign
  const notSimulated = simulator.neverLoaded()
  const summary = { ...(plans ? {} : { seed: hex(seed) }), ...counts, perMinute, notSimulated, violations }
  io.out(options.json ? `${JSON.stringify(summary, null, 2)}\n` : inLines(summary, toolCommand(io)))
  return exitCodeOf(campaign, notSimulated)
}

/** True until the number of histories or the budget is reached, whichever was given. */
const isWanted = (startedCount: number, elapsedMs: number, { histories, budget }: SimulateFlags) =>
  startedCount < (histories ?? (budget === undefined ? historiesDefault : historiesMax)) &&
  elapsedMs < (budget ?? Number.POSITIVE_INFINITY)

/** Mostly inconclusive histories do not show that there is nothing to find. */
function exitCodeOf({ violated, unknown, histories }: Campaign, notSimulated: readonly string[]) {
  if (violated > 0) return exitCodes.violated
  return unknown * 2 >= histories || notSimulated.length > 0 ? exitCodes.unknown : exitCodes.passed
}

interface Violation {
  checker: string
  why: string
  faults: string
  file: string
}

/** Shrinks one plan for each violated checker, such that it still violates the same one. */
async function shrinkAll({ firsts }: Campaign, simulator: Simulator, folder: string, io: Io): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const [checker, first] of firsts) {
    if (io.interruption.by()) break
    violations.push(written(checker, await smallestOf(checker, first, simulator, io), folder))
  }
  return violations
}

/** A history without an end takes too long to be simulated again and again. */
async function smallestOf(checker: string, first: Judged, simulator: Simulator, io: Io): Promise<Judged> {
  if (isEndless(checker)) return first
  io.err(`squall: shrinking the plan that violates ${checker}\n`)
  return shrink(simulator, [checker], first.plan)
}

function written(checker: string, { plan, checks }: Judged, folder: string): Violation {
  const file = join(folder, 'simulate', `${checker}.json`)
  mkdirSync(join(folder, 'simulate'), { recursive: true })
  writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`)
  return { checker, why: checks.find(({ name }) => name === checker)!.why, faults: describeFaults(plan), file }
}

interface Summary extends Omit<Campaign, 'firsts'> {
  seed?: string
  perMinute: number
  /** What the defects change and no part of the simulation is made of: of that it says nothing. */
  notSimulated: string[]
  violations: Violation[]
}

function inLines(
  { seed, histories, perMinute, violated, unknown, skipped, hash, notSimulated, violations }: Summary,
  command: string,
): string {
  return [
    `${seed ? `seed ${seed}: ` : ''}${histories} histories, ${perMinute} a minute; ${violated} violated an invariant, ${unknown} inconclusive`,
    ...describeSkipped(skipped),
    ...(notSimulated.length > 0
      ? [`changed by the defects, but not part of the simulation: ${notSimulated.join(', ')}`]
      : []),
    `hash ${hash}`,
    ...violations.flatMap(({ checker, why, faults, file }) => [
      `✗ ${checker}: ${why}`,
      `    ${faults}; ${command} simulate --plan ${file} reproduces it`,
    ]),
    violations.length > 0 ? 'Violated.' : 'No invariant was violated.',
    '',
  ].join('\n')
}
