import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLinks } from '../../../harness/cluster/links.ts'
import { holdAt } from '../../../harness/faults/hold.ts'
import type { FaultRecord } from '../../../harness/history/operation.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'
import { type Bench, isSilentFor, openBench, receive } from '../toxiproxy/bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.close())

const point = { from: 'n1', to: 'db', stream: 'upstream', text: 'commit' } as const

async function scene(countsAtOnce = true) {
  const route = () => ({ listen: '127.0.0.1:0', upstream: bench.upstream })
  const links = createLinks({ apiUrl: bench.apiUrl, route, countsAtOnce })
  let nowMs = 0
  const recorder = createRecorder({
    elapsedMs: () => {
      nowMs += 1
      return nowMs
    },
    sink: () => {},
    isDefinite: () => false,
  })
  const { port } = await links.link('n1', 'db')
  const faults = () => recorder.events.filter(({ type }) => type === 'fault').map(({ value }) => value as FaultRecord)
  return { context: { cluster: { links }, recorder }, port, faults }
}

describe('an operation that is held at a point', () => {
  it('is a witnessed fault of the link from then until it is released', async () => {
    const { context, port, faults } = await scene()
    const hold = await holdAt(context, point)
    const client = connect(port, '127.0.0.1')
    client.write('commit')
    await hold.reached(2_000)
    expect(faults()).toMatchObject([{ kind: 'link.hold', target: 'n1->db', witnessedOffMs: null }])
    expect(faults()[0]!.witnessedOnMs).toBeGreaterThan(faults()[0]!.requestedMs)
    expect(await isSilentFor(client, 50)).toBe(true)
    await hold.release()
    expect((await receive(client, 6)).toString()).toBe('commit')
    expect(faults()[1]!.witnessedOffMs).toBeGreaterThan(faults()[0]!.witnessedOnMs!)
    client.destroy()
  })

  it('is no fault when nothing came', async () => {
    const { context, port, faults } = await scene()
    const hold = await holdAt(context, point)
    const client = connect(port, '127.0.0.1')
    client.write('begin')
    expect((await receive(client, 5)).toString()).toBe('begin')
    await expect(hold.reached(50)).rejects.toThrow('timed out')
    await hold.release()
    expect(faults()).toEqual([])
    client.destroy()
  })

  it('needs a proxy that knows how to hold', async () => {
    const { context } = await scene(false)
    await expect(holdAt(context, point)).rejects.toThrow('needs the embedded proxy')
  })
})
