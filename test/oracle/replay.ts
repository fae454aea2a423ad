import { parseArgs } from 'node:util'
import { compare, type Difference } from './compare.ts'
import { replayerOf } from './families/index.ts'
import { type Recording, readRecordings } from './recording.ts'

/**
 * Replays recordings of real GenStage and OTP systems on ours.
 *
 *   node test/oracle/replay.ts --dir DIR [--verbose]
 *
 * Prints one line for each recording below DIR, then `N passed, N failed`; exits 1 when one failed, 64 for wrong usage.
 */
export interface Outcome {
  recording: Recording
  passed: boolean
  /** How well it agrees, or why it does not. */
  note: string
  differences: Difference[]
}

export async function replay(recording: Recording): Promise<Outcome> {
  const replayer = replayerOf(recording)
  if (!replayer)
    return { recording, passed: false, note: 'no part of the system can replay this family', differences: [] }
  try {
    const { passed, level, differences } = compare(recording, await replayer(recording))
    return { recording, passed, note: level ?? 'differs', differences }
  } catch (error) {
    return { recording, passed: false, note: `could not be carried out: ${(error as Error).message}`, differences: [] }
  }
}

const lineOf = ({ recording: { family, name }, passed, note }: Outcome) =>
  `${passed ? 'passed' : 'FAILED'} ${family}/${name} (${note})`

const detailOf = ({ what, want, got }: Difference) =>
  `    ${what}\n      recorded ${JSON.stringify(want)}\n      replayed ${JSON.stringify(got)}`

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { dir: { type: 'string' }, verbose: { type: 'boolean' } } })
  if (!values.dir) {
    process.stderr.write('expected --dir DIR, a folder with recordings or one recording; got none\n')
    return 64
  }
  let failed = 0
  const recordings = readRecordings(values.dir)
  for (const recording of recordings) {
    const outcome = await replay(recording)
    if (!outcome.passed) failed += 1
    process.stdout.write(`${lineOf(outcome)}\n`)
    if (values.verbose) for (const difference of outcome.differences) process.stdout.write(`${detailOf(difference)}\n`)
  }
  process.stdout.write(`${recordings.length - failed} passed, ${failed} failed\n`)
  return failed > 0 || recordings.length === 0 ? 1 : 0
}

if (import.meta.main) process.exitCode = await main()
