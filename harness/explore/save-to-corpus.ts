import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CorpusEntry, corpusFolder } from '../plans/corpus.ts'
import { describeFaults } from '../plans/plan.ts'
import type { Io } from '../platform/io.ts'
import type { Reproduction } from './reproduce-and-shrink.ts'

/** Saves a shrunk plan to the corpus, which every suite runs first. */
export function keep(name: string, { smallest, findings }: Reproduction, io: Io) {
  const folder = corpusFolder(io.root)
  const entry: CorpusEntry = {
    schemaVersion: 1,
    title: `${describeFaults(smallest)}: once ${findings[0]?.split(':').slice(0, 2).join(':') ?? 'a failure'}`,
    covers: ['FI-18'],
    plan: smallest,
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(entry, null, 2)}\n`)
  io.err(`squall: kept as scenarios/corpus/${name}.json; give it a title and the ids that it covers\n`)
}
