import { describeFaults, type Plan } from '../plans/plan.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { type Random, seededRandom } from '../platform/random.ts'
import type { RunEnvironment } from '../runner/run-environment.ts'
import { patchOf, type ShippedDefect, shippedDefects } from '../selftest/defects.ts'
import { createPlanRunner, type PlanRunner } from './plan-runner.ts'
import { reproduceAndShrink } from './reproduce-and-shrink.ts'
import { search } from './search.ts'

const searchDefaultMs = 120_000
/** Short, because a hunt has many defects to search for. */
const shrinkMs = 60_000
/** Below this share a search that finds nothing would say little. */
const goodShare = 0.8

interface HuntOptions {
  /** For each defect. */
  budget?: number
  jobs: number
  out?: string
  json?: boolean
  environment: RunEnvironment
}

interface Hunted {
  defect: string
  found: boolean
  scenarios: number
  finding?: string
  smallest?: string
  /** How often the shrunk plan failed with the defect. */
  replayed?: string
  quietWithout?: boolean
}

/** Plants defects chosen by the seed, one at a time, and searches for each without a hint (FI-18). */
export async function hunt(count: number, seed: number, options: HuntOptions, io: Io): Promise<number> {
  const chosen = pickSome(explorable(), count, seededRandom(seed))
  const hunted: Hunted[] = []
  for (const defect of chosen) {
    if (io.interruption.by()) break
    const one = await huntFor(defect, seed, options, io)
    hunted.push(one)
    io.err(`${line(one)}\n`)
  }
  const found = hunted.filter((one) => one.found && one.quietWithout !== false).length
  io.out(
    options.json
      ? `${JSON.stringify({ seed, found, of: chosen.length, defects: hunted }, null, 2)}\n`
      : `${hunted.map(line).join('\n')}\n${found} of ${chosen.length} defects were found without a hint\n`,
  )
  const stopped = io.interruption.by()
  if (stopped) return codeOf(stopped)
  return found >= goodShare * chosen.length ? exitCodes.passed : exitCodes.violated
}

/** Those that live in what random scenarios do. */
const explorable = () => shippedDefects().filter(({ header }) => header.explore.yes)

async function huntFor(shipped: ShippedDefect, seed: number, options: HuntOptions, io: Io): Promise<Hunted> {
  const defect = shipped.name
  const planRunner = createPlanRunner({ ...options, patch: await patchOf([shipped], io.root) }, io)
  const { violated, scenarios } = await search(seed, options.budget ?? searchDefaultMs, planRunner, io)
  if (!violated) return { defect, found: false, scenarios }
  const { smallest, replayed, findings } = await reproduceAndShrink(violated, planRunner, io, shrinkMs)
  return {
    defect,
    found: true,
    scenarios,
    smallest: describeFaults(smallest),
    replayed: `${replayed.times} of ${replayed.of}`,
    quietWithout: await isQuiet(smallest, createPlanRunner(options, io)),
    ...(findings[0] !== undefined && { finding: findings[0] }),
  }
}

/** A plan that also fails without the defect says nothing about it. */
const isQuiet = async (plan: Plan, planRunner: PlanRunner) =>
  (await planRunner.run([plan, plan])).every(({ result }) => result.outcome !== 'violated')

function pickSome<T>(list: readonly T[], count: number, random: Random): T[] {
  const left = [...list]
  return Array.from(
    { length: Math.min(count, list.length) },
    () => left.splice(random.integer(0, left.length - 1), 1)[0]!,
  )
}

const line = ({ defect, found, scenarios, finding, smallest, replayed, quietWithout }: Hunted) =>
  found
    ? `${quietWithout ? '✓' : '✗'} ${defect} found in scenario ${scenarios}: ${finding}; smallest: ${smallest}; reproduced ${replayed}${quietWithout ? ', passes without the defect' : ', but it fails without the defect too'}`
    : `✗ ${defect} not found in ${scenarios} scenarios`
