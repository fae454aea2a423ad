import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import pLimit from 'p-limit'
import type { Clock } from '../../platform/clock.ts'
import { withEdit } from '../candidates.ts'
import type { Coverage, CoverageStore } from '../coverage.ts'
import { executes } from '../executed.ts'
import type { Mutant } from '../mutant.ts'
import { copyProject, type ProjectCopy, type TestRun } from '../project-copy.ts'
import { secondsSince } from './simulation.ts'
import type { Tier, TierName, TierResult } from './tier.ts'

interface Conversations {
  test: string
  /** The folders of the system that take part in them. */
  folders: readonly string[]
  /** In a process of its own the system is loaded as it is, and what it executes can be recorded. */
  hasServer: boolean
}

/** Recorded conversations with Phoenix, LiveView, OTP and GenStage. */
const conversations: readonly Conversations[] = [
  { test: 'test/oracle/recordings.test.ts', folders: ['runtime', 'pipeline'], hasServer: false },
  { test: 'test/compat/live/recordings.int.test.ts', folders: ['live'], hasServer: true },
  {
    test: 'test/compat/transcripts.int.test.ts',
    folders: ['channels', 'presence', 'pubsub', 'platform', 'runtime'],
    hasServer: true,
  },
]

const withinMs = 180_000

interface TestTierOptions {
  root: string
  clock: Clock
  /** Runs of tests at a time; each has a copy of the project. */
  jobs: number
  copy?: typeof copyProject
}

/** The files of recorded conversations that a file takes part in. Pure. */
export const conversationsOf = (path: string): string[] => conversationsWith(path).map(({ test }) => test)

const conversationsWith = (path: string) => conversations.filter(({ folders }) => folders.includes(path.split('/')[1]!))

/** The recorded conversations that execute the changed place, where the project has them. */
export function conversationTier(
  options: TestTierOptions & { store: CoverageStore; sourceOf(path: string): string },
): Tier {
  const { root, clock, store, sourceOf } = options
  const copies = createCopies(options)
  const recording = new Map<string, Promise<Coverage>>()

  async function record(test: string): Promise<Coverage> {
    return store.record(`conversations/${basename(test)}`, (into) =>
      copies.use(async (copy) => {
        const startedMs = clock.monotonicMs()
        const loader = join(copy.folder, 'harness/platform/coverage-loader.ts')
        const env = { NODE_OPTIONS: `--import=${loader}`, SQUALL_COVERAGE: into }
        const { outcome } = await copy.runTests(['run', test], undefined, env)
        const durationMs = Math.round(clock.monotonicMs() - startedMs)
        return { outcome: outcome === 'passed' ? 'passed' : 'unknown', durationMs }
      }),
    )
  }

  async function isExecutedIn({ test, hasServer }: Conversations, { path, edit }: Mutant): Promise<boolean> {
    if (!existsSync(join(root, test))) return false
    if (!hasServer) return true
    const known =
      recording.get(test) ?? Promise.resolve(store.find(`conversations/${basename(test)}`, [path]) ?? record(test))
    recording.set(test, known)
    return executes((await known).executed, path, edit, sourceOf(path))
  }

  return tierOfTests('conversations', options, copies, async (mutant) => {
    const all = conversationsWith(mutant.path)
    const executed = await Promise.all(all.map((one) => isExecutedIn(one, mutant)))
    const files = all.filter((_, index) => executed[index]).map(({ test }) => test)
    return files.length === 0 ? undefined : ['run', ...files]
  })
}

/** The unit tests that import the changed file, near or far. */
export const unitTestTier = (options: TestTierOptions): Tier =>
  tierOfTests('tests', options, createCopies(options), async ({ path }) => [
    'related',
    path,
    '--run',
    '--project',
    'unit',
    '--passWithNoTests',
  ])

/** Copies of the project, made when they are needed; each is used by one run at a time. */
function createCopies({ root, clock, jobs, copy: makeCopy = copyProject }: TestTierOptions) {
  const limit = pLimit(jobs)
  const all: ProjectCopy[] = []
  const idle: ProjectCopy[] = []
  function make() {
    const copy = makeCopy(root, clock, withinMs)
    all.push(copy)
    return copy
  }
  return {
    use: <T>(work: (copy: ProjectCopy) => Promise<T>): Promise<T> =>
      limit(async () => {
        const copy = idle.pop() ?? make()
        try {
          return await work(copy)
        } finally {
          idle.push(copy)
        }
      }),
    close() {
      for (const copy of all) copy.close()
    },
  }
}

type Copies = ReturnType<typeof createCopies>

function tierOfTests(
  name: TierName,
  { root, clock }: TestTierOptions,
  copies: Copies,
  wordsFor: (mutant: Mutant) => Promise<readonly string[] | undefined>,
): Tier {
  const clean = new Map<string, Promise<TestRun>>()

  /** Tests that fail without the mutant say nothing about it. */
  function runClean(words: readonly string[]): Promise<TestRun> {
    const key = words.join(' ')
    const known = clean.get(key) ?? copies.use((copy) => copy.runTests(words))
    clean.set(key, known)
    return known
  }

  async function answer(mutant: Mutant): Promise<Omit<TierResult, 'seconds'>> {
    const words = await wordsFor(mutant)
    if (words === undefined) return { outcome: 'skipped', why: 'no test of this tier executes the place' }
    const text = withEdit(readFileSync(join(root, mutant.path), 'utf8'), mutant.edit)
    const runMutant = (these: readonly string[]) =>
      copies.use((copy) => copy.runTests(these, { path: mutant.path, text }))
    const run = await runMutant(words)
    if (run.outcome === 'passed') return { outcome: 'missed', why: 'the tests passed' }
    // In one file the same test fails first each time; among many it is the one of whichever file runs first.
    const failed = run.file ? ['run', run.file] : words
    const before = await runClean(failed)
    if (before.outcome !== 'passed')
      return { outcome: 'unknown', why: `${before.file || 'vitest'} fails without the mutant too: ${before.why}` }
    if (run.outcome === 'not ended') return { outcome: 'caught', by: 'time limit', where: words.at(-1)!, why: run.why }
    // What a busy machine makes fail seldom fails twice.
    const again = await runMutant(failed)
    return again.outcome === 'failed' && again.test === run.test
      ? { outcome: 'caught', by: run.test || run.file, where: run.file, why: run.why }
      : { outcome: 'unknown', why: `${run.test} failed once and then not again: ${run.why}` }
  }

  return {
    name,
    async judge(mutant) {
      const startedMs = clock.monotonicMs()
      return { ...(await answer(mutant)), seconds: secondsSince(startedMs, clock) }
    },
    close: async () => copies.close(),
  }
}
