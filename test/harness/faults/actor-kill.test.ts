import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { ControlError } from '../../../harness/cluster/control-client.ts'
import { actorKill } from '../../../harness/faults/actor-kill.ts'

interface Part {
  id: string
  name: string
}

/** A node whose supervisor, or whose clients, bring another part for one that was killed. */
function nodeOf(names: readonly string[], { kills = true, brings = true } = {}) {
  let parts: Part[] = names.map((name, id) => ({ id: String(id), name }))
  const control = {
    actors: async () => parts,
    async killActor(id: string) {
      const { name } = parts.find((one) => one.id === id)!
      if (kills) parts = parts.filter((one) => one.id !== id)
      if (kills && brings) parts = [...parts, { id: `${id}-again`, name }]
      return id
    },
  }
  return { cluster: { node: () => ({ control }) } as unknown as Cluster, ids: () => parts.map(({ id }) => id) }
}

describe('actor.kill (FI-1)', () => {
  it('is seen when the part is gone, and over when there is another in its place', async () => {
    const { cluster, ids } = nodeOf(['a', 'b', 'b'])
    const fault = actorKill.create(cluster, 'n1/b#2', {})
    await fault.inject()
    expect(ids()).toEqual(['0', '1', '2-again'])
    expect(await fault.witnessOn()).toMatchObject({ seen: true })
    expect(await fault.witnessOff()).toEqual({ seen: true, why: 'b was actor 2, now there is 2-again' })
  })

  it('is not seen when nothing was killed', async () => {
    const { cluster } = nodeOf(['a'], { kills: false })
    const fault = actorKill.create(cluster, 'n1/a', {})
    await fault.inject()
    expect(await fault.witnessOn()).toEqual({ seen: false, why: 'a is still actor 0' })
  })

  it('kills another one where the first was gone before it could be killed', async () => {
    const short = [0, 1, 2, 3].map((id) => ({ id: String(id), name: 'worker' }))
    const control = {
      actors: async () => [...short],
      async killActor(id: string) {
        const gone = short.shift()
        if (short.length > 1) throw new ControlError(404, `there is no actor ${gone?.id}`)
        return id
      },
    }
    const fault = actorKill.create({ node: () => ({ control }) } as unknown as Cluster, 'n1/worker', {})
    await fault.inject()
    expect(await fault.witnessOn()).toEqual({ seen: true, why: 'worker, actor 2, is gone' })
  })

  it('says which part is not there', async () => {
    const { cluster } = nodeOf(['a'])
    await expect(actorKill.create(cluster, 'n1/nobody', {}).inject()).rejects.toThrow('n1 has no actor nobody')
    await expect(actorKill.create(cluster, 'n1/a#2', {}).inject()).rejects.toThrow('or not 2 of them')
    expect(() => actorKill.create(cluster, 'n1', {})).toThrow('actor.kill is aimed at an actor of a node')
  })
})
