import type { Clock } from '../../../platform/clock.ts'
import type { Stubs } from '../stubs.ts'
import { type Format, fileOf, flagged, productRows, type Row } from './export-file.ts'
import type { ExportFiles } from './export-files.ts'

export const stepNames = ['fetch', 'flag', 'convert', 'write', 'publish'] as const
export type StepName = (typeof stepNames)[number]

/** An export as far as it got. */
export interface Draft {
  id: string
  format: Format
  rows: Row[]
  content: string
}

interface StepsOptions {
  clock: Pick<Clock, 'sleep'>
  stubs: Pick<Stubs<StepName>, 'call'>
  files: Pick<ExportFiles, 'write' | 'publish'>
  rowCount: number
}

export type Steps = ReturnType<typeof createSteps>

/** They take about a millisecond. */
const rowsPerTurn = 500

/** What an export does, one step after the other (RT-41). Each step also takes the time of its stub. */
export function createSteps({ clock, stubs, files, rowCount }: StepsOptions) {
  async function convert(draft: Draft) {
    const pieces: string[] = []
    for (const piece of fileOf(draft.format, draft.rows, rowsPerTurn)) {
      pieces.push(piece)
      await clock.sleep(0)
    }
    draft.content = pieces.join('')
  }

  const work: Readonly<Record<StepName, (draft: Draft) => unknown>> = {
    fetch(draft) {
      draft.rows = productRows(rowCount)
    },
    flag(draft) {
      draft.rows = flagged(draft.rows)
    },
    convert,
    write: ({ id, content }) => files.write(id, content),
    publish: ({ id }) => files.publish(id),
  }

  return {
    begin: (id: string, format: Format): Draft => ({ id, format, rows: [], content: '' }),
    async run(name: StepName, draft: Draft) {
      await stubs.call(name)
      await work[name](draft)
    },
  }
}
