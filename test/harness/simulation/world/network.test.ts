import { describe, expect, it } from 'vitest'
import { createMachine } from '../../../../harness/simulation/world/machine.ts'
import { createNetwork } from '../../../../harness/simulation/world/network.ts'
import { createVirtualClock } from '../../../../harness/simulation/world/virtual-clock.ts'
import { seededRandom } from '../../../../system/platform/random.ts'

/** A machine n1 that says back what it hears, and somebody who has dialled it. */
async function setUp() {
  const clock = createVirtualClock()
  const network = createNetwork(clock, seededRandom(1))
  const machine = createMachine(clock)
  const heard: string[] = []
  const seen: string[] = []
  network.listen('n1:web', machine, (end) => {
    end.onMessage = (text) => {
      heard.push(text)
      end.send(text)
    }
    end.onClose = (code) => void heard.push(`closed ${code}`)
    end.accept()
  })
  const dial = () => {
    const end = network.connect('alice', 'n1:web')
    end.onOpen = () => void seen.push('open')
    end.onMessage = (text) => void seen.push(text)
    end.onClose = (code) => void seen.push(`closed ${code}`)
    return end
  }
  const pass = (ms = 50) => clock.run(clock.sleep(ms))
  const end = dial()
  await pass()
  return { clock, network, machine, link: network.link('alice', 'n1'), end, dial, heard, seen, pass }
}

describe('a simulated connection', () => {
  it('carries messages in order, both ways', async () => {
    const { end, heard, seen, pass } = await setUp()
    const texts = Array.from({ length: 50 }, (_, n) => String(n))
    for (const text of texts) end.send(text)
    await pass()
    expect([heard, seen]).toEqual([texts, ['open', ...texts]])
  })

  it('tells the other side when it ends', async () => {
    const { end, heard, seen, pass } = await setUp()
    end.close(1000)
    await pass()
    expect([heard, seen]).toEqual([['closed 1000'], ['open', 'closed 1000']])
  })

  it('is refused where nobody is, and breaks when the machine is gone (FI-2)', async () => {
    const { machine, dial, seen, pass } = await setUp()
    machine.end()
    await pass()
    dial()
    await pass()
    expect(seen).toEqual(['open', 'closed 1006', 'closed 1006'])
  })
})

describe('a simulated link that is broken', () => {
  it('loses all while it is cut, one way or both, and connections that lost something end (FI-3, FI-7)', async () => {
    const { network, link, end, heard, seen, pass } = await setUp()
    network.cut(link, ['back'])
    end.send('one')
    await pass()
    network.cut(link, ['there'])
    end.send('two')
    await pass(10_000)
    expect([heard, seen]).toEqual([['one'], ['open']])
    network.mend(link)
    await pass()
    expect([heard, seen]).toEqual([
      ['one', 'closed 1006'],
      ['open', 'closed 1006'],
    ])
  })

  it('tears down connections, new ones too, while it is reset', async () => {
    const { network, link, dial, seen, pass } = await setUp()
    network.reset(link)
    dial()
    await pass()
    expect(seen).toEqual(['open', 'closed 1006', 'closed 1006'])
  })

  it('delays answers, in order (FI-4)', async () => {
    const { clock, link, end, seen, pass } = await setUp()
    Object.assign(link, { lateMs: 300, jitterMs: 100 })
    const startMs = clock.monotonicMs()
    let answeredMs = 0
    const { onMessage } = end
    end.onMessage = (text) => {
      answeredMs ||= clock.monotonicMs() - startMs
      onMessage(text)
    }
    for (const text of ['a', 'b', 'c', 'd']) end.send(text)
    await pass(1_000)
    expect(seen).toEqual(['open', 'a', 'b', 'c', 'd'])
    expect(answeredMs).toBeGreaterThanOrEqual(200)
  })
})
