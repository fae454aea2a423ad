import type { Io } from '../cli/command.ts'
import { inWords, type Plan } from '../plans/plan.ts'
import { codeOf } from '../platform/interruption.ts'
import { type Random, seededRandom } from '../platform/random.ts'
import type { Premises } from '../runner/run-environment.ts'
import { explorable } from '../selftest/explorable.ts'
import { exitCodes } from '../verdict/result.ts'
import { createTeller, type Teller } from './plan-runner.ts'
import { pursue } from './reproduce-and-shrink.ts'
import { search } from './search.ts'

const searchDefaultMs = 120_000
/** Smaller is better, but a hunt has many defects to come. */
const pursuitMs = 60_000
/** Fewer would mean that a search that finds nothing says little. */
const goodShare = 0.8

interface HuntOptions {
  /** For each defect. */
  budget?: number
  jobs: number
  out?: string
  json?: boolean
  premises: Premises
}

interface Hunted {
  defect: string
  found: boolean
  stories: number
  finding?: string
  smallest?: string
  /** The smallest plan failed so often with the defect, and never without it. */
  replayed?: string
  quietWithout?: boolean
}

/** Chooses planted defects by the seed and searches for each as if nobody knew of it (FI-18). */
export async function hunt(count: number, seed: number, options: HuntOptions, io: Io): Promise<number> {
  const chosen = pickSome(explorable, count, seededRandom(seed))
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
      : `${hunted.map(line).join('\n')}\n${found} of ${chosen.length} planted defects were found without being told where to look\n`,
  )
  const stopped = io.interruption.by()
  if (stopped) return codeOf(stopped)
  return found >= goodShare * chosen.length ? exitCodes.passed : exitCodes.violated
}

async function huntFor(defect: string, seed: number, options: HuntOptions, io: Io): Promise<Hunted> {
  const teller = createTeller({ ...options, defect: [defect] }, io)
  const { violated, stories } = await search(seed, options.budget ?? searchDefaultMs, teller, io)
  if (!violated) return { defect, found: false, stories }
  const { smallest, replayed, findings } = await pursue(violated, teller, io, pursuitMs)
  return {
    defect,
    found: true,
    stories,
    smallest: inWords(smallest),
    replayed: `${replayed.times} of ${replayed.of}`,
    quietWithout: await isQuiet(smallest, createTeller(options, io)),
    ...(findings[0] !== undefined && { finding: findings[0] }),
  }
}

/** What also fails without the defect is no sign of it. */
const isQuiet = async (plan: Plan, teller: Teller) =>
  (await teller.tell([plan, plan])).every(({ result }) => result.outcome !== 'violated')

function pickSome<T>(list: readonly T[], count: number, random: Random): T[] {
  const left = [...list]
  return Array.from(
    { length: Math.min(count, list.length) },
    () => left.splice(random.integer(0, left.length - 1), 1)[0]!,
  )
}

const line = ({ defect, found, stories, finding, smallest, replayed, quietWithout }: Hunted) =>
  found
    ? `${quietWithout ? '✓' : '✗'} ${defect} found in story ${stories}: ${finding}; smallest: ${smallest}; told again: failed ${replayed}${quietWithout ? ', passes without the defect' : ', but it fails without the defect too'}`
    : `✗ ${defect} not found in ${stories} stories`
