import { describe, expect, it } from 'vitest'
import { createCluster } from '../../../../harness/simulation/world/cluster.ts'
import { TooManySteps } from '../../../../harness/simulation/world/virtual-clock.ts'
import { whoGoesOn } from '../../../../harness/simulation/world/who-goes-on.ts'

const steps = 400
const cluster = () => createCluster({ seed: 1, names: ['n1', 'n2'], stock: {} })

/** Runs until there are too many steps, and returns who went on. */
async function afterTooManySteps(own: ReturnType<typeof cluster>) {
  await expect(own.clock.run(new Promise(() => {}), steps)).rejects.toThrow(TooManySteps)
  return whoGoesOn(own, steps)
}

describe('who goes on when a simulation has no end', () => {
  it('are two places that answer each other', async () => {
    const own = cluster()
    await Promise.all([own.start('n1'), own.start('n2')])
    own.network.listen('n2:echo', own.node('n2').machine, (end) => {
      end.onMessage = (text) => end.send(text)
      end.accept()
    })
    const end = own.network.connect('ann', 'n2:echo')
    end.onMessage = (text) => end.send(text)
    end.onOpen = () => end.send('again')
    const { parties, turns } = await afterTooManySteps(own)
    expect(parties).toEqual(['ann', 'n2'])
    expect(turns).toBeGreaterThan(steps / 5)
  })

  it('is one place that goes on by itself', async () => {
    const own = cluster()
    await own.start('n1')
    const goOn = () => void own.node('n1').machine.clock.after(0, goOn)
    goOn()
    expect((await afterTooManySteps(own)).parties).toEqual(['n1'])
  })
})
