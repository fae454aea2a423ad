import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { Clock } from '../../platform/clock.ts'
import { withEdit } from '../candidates.ts'
import type { Mutant } from '../mutant.ts'
import { copyProject, type ProjectCopy, type TestRun } from '../project-copy.ts'
import { secondsSince } from './simulation.ts'
import type { Tier, TierName, TierResult } from './tier.ts'

/** Recorded conversations with Phoenix, LiveView, OTP and GenStage, and the folders of the system that take part in them. */
const conversations: readonly { test: string; folders: readonly string[] }[] = [
  { test: 'test/oracle/recordings.test.ts', folders: ['runtime', 'pipeline'] },
  { test: 'test/compat/live/recordings.int.test.ts', folders: ['live'] },
  {
    test: 'test/compat/transcripts.int.test.ts',
    folders: ['channels', 'presence', 'pubsub', 'platform', 'runtime'],
  },
]

const withinMs = 180_000

interface TestTierOptions {
  root: string
  clock: Clock
  /** Runs of tests at a time; each has a copy of the project. */
  jobs: number
}

/** The files of recorded conversations that a file takes part in. Pure. */
export const conversationsOf = (path: string): string[] =>
  conversations.filter(({ folders }) => folders.includes(path.split('/')[1]!)).map(({ test }) => test)

/** The recorded conversations, where the project has them. */
export const conversationTier = (options: TestTierOptions): Tier =>
  tierOfTests('conversations', options, ({ path }) => {
    const files = conversationsOf(path).filter((file) => existsSync(join(options.root, file)))
    return files.length === 0 ? undefined : ['run', ...files]
  })

/** The unit tests that import the changed file, near or far. */
export const unitTestTier = (options: TestTierOptions): Tier =>
  tierOfTests('tests', options, ({ path }) => ['related', path, '--run', '--project', 'unit', '--passWithNoTests'])

function tierOfTests(
  name: TierName,
  { root, clock, jobs }: TestTierOptions,
  wordsFor: (mutant: Mutant) => readonly string[] | undefined,
): Tier {
  const limit = pLimit(jobs)
  const copies: ProjectCopy[] = []
  const idle: ProjectCopy[] = []
  const clean = new Map<string, Promise<TestRun>>()

  async function inCopy<T>(work: (copy: ProjectCopy) => Promise<T>): Promise<T> {
    return limit(async () => {
      let copy = idle.pop()
      if (!copy) {
        copy = copyProject(root, clock, withinMs)
        copies.push(copy)
      }
      try {
        return await work(copy)
      } finally {
        idle.push(copy)
      }
    })
  }

  /** Tests that fail without the mutant say nothing about it. */
  async function failsWithout(words: readonly string[]): Promise<TestRun> {
    const key = words.join(' ')
    const known = clean.get(key) ?? inCopy((copy) => copy.runTests(words, undefined))
    clean.set(key, known)
    return known
  }

  async function judge(mutant: Mutant): Promise<TierResult> {
    const startedMs = clock.monotonicMs()
    const end = (result: Omit<TierResult, 'seconds'>) => ({ ...result, seconds: secondsSince(startedMs, clock) })
    const words = wordsFor(mutant)
    if (words === undefined) return end({ outcome: 'skipped', why: 'no recorded conversation reaches this folder' })
    const text = withEdit(readFileSync(join(root, mutant.path), 'utf8'), mutant.edit)
    const run = await inCopy((copy) => copy.runTests(words, { path: mutant.path, text }))
    if (run.outcome === 'passed') return end({ outcome: 'missed', why: 'the tests passed' })
    if (run.outcome === 'not ended') return end({ outcome: 'unknown', why: run.why })
    const before = await failsWithout(words)
    if (before.outcome !== 'passed')
      return end({ outcome: 'unknown', why: `${before.file} fails without the mutant too: ${before.why}` })
    return end({ outcome: 'caught', by: run.test || run.file, where: run.file, why: run.why })
  }

  return {
    name,
    judge,
    async close() {
      for (const copy of copies) copy.close()
    },
  }
}
