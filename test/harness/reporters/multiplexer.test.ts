import { join } from 'node:path'
import { expect, it } from 'vitest'
import { multiplex } from '../../../harness/reporters/multiplexer.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import type { Reporter } from '../../../harness/reporters/reporter.ts'

const { run } = readRecord(join(import.meta.dirname, 'fixture'))

it('names a reporter that breaks once, leaves it out, and goes on with the others', async () => {
  const heard: string[] = []
  const complaints: string[] = []
  const broken: Reporter = {
    onPhase() {
      throw new Error('no ink')
    },
    onRunEnd: () => void heard.push('broken'),
  }
  const fine: Reporter = { onPhase: (_id, phase) => void heard.push(phase), onRunEnd: () => void heard.push('end') }
  const all = multiplex({ broken, fine }, (sentence) => complaints.push(sentence))
  all.onPhase?.('a/one', 'steps')
  all.onPhase?.('a/one', 'heal')
  await all.onRunEnd?.(run)
  expect(heard).toEqual(['steps', 'heal', 'end'])
  expect(complaints).toEqual(['the broken reporter broke and is left out: no ink'])
})

it('waits for reporters that write, and survives one that fails late', async () => {
  const complaints: string[] = []
  const all = multiplex({ late: { onRunEnd: () => Promise.reject(new Error('disk full')) } }, (sentence) =>
    complaints.push(sentence),
  )
  await all.onRunEnd?.(run)
  expect(complaints).toEqual(['the late reporter broke and is left out: disk full'])
})
