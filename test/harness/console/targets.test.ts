import { describe, expect, it } from 'vitest'
import { linksToBreak } from '../../../harness/console/console.ts'
import { offerOf } from '../../../harness/console/targets.ts'
import { faults } from '../../../harness/faults/index.ts'

const scene = {
  nodes: ['n1', 'n2', 'n3'],
  links: ['n1->n2', 'n1->db', 'visitor->n1'],
  hasRedis: false,
  actors: { n1: ['channel', 'transport', 'channel'] },
  topics: { n2: ['ping:background'] },
}
const offer = (kind: keyof typeof faults) => offerOf(faults[kind], scene)

describe('what the console offers for a fault', () => {
  it('names targets that fit, the best guess first', () => {
    expect(offer('node.kill').targets).toEqual(['n1', 'n2', 'n3', 'any', 'minority', 'majority', 'all'])
    expect(offer('link.cut').targets).toEqual(['n1->n2', 'n1->db', 'visitor->n1', 'n1|n2,n3'])
    expect(offer('link.partition').targets[0]).toBe('n1|n2,n3')
    expect(offer('db.pause').targets).toEqual(['db'])
    expect(offer('actor.kill').targets).toEqual(['n1/channel', 'n1/transport'])
    expect(offer('connection.drop').targets).toEqual(['n2/ping:background'])
  })

  it('gives every option a value that the fault accepts', () => {
    for (const fault of Object.values(faults)) {
      const { values, options } = offerOf(fault, scene)
      expect(options.filter(({ required, name }) => required && values[name] === undefined)).toEqual([])
      expect(() => fault.checkOptions(values)).not.toThrow()
    }
  })

  it('says why a fault cannot be injected here', () => {
    expect(offer('redis.kill').unavailable).toBe('needs --pubsub redis')
    expect(offer('deploy.rolling').unavailable).toBe('there is no balancer in front of the nodes of the console')
    expect(offer('client.suspend').unavailable).toBe('the console has no browser tabs of its own')
    expect(offerOf(faults['redis.kill'], { ...scene, hasRedis: true }).unavailable).toBeUndefined()
  })

  it('only names targets that the fault takes', () => {
    for (const fault of Object.values(faults)) {
      const parts = offerOf(fault, scene).targets.filter((one) => !['any', 'minority', 'majority', 'all'].includes(one))
      for (const part of parts)
        if (!part.includes('|')) expect(fault.aim.fits(part), `${fault.kind} ${part}`).toBe(true)
    }
  })

  it('offers links between nodes before those of people and of the background', () => {
    const used = ['background-v1->n1', 'n1->n2', 'visitor->n1', 'witness->n2', 'n1->db']
    expect(linksToBreak(['n1', 'n2'], used, ['visitor->n1', 'visitor->n2'])).toEqual([
      'n1->n2',
      'visitor->n1',
      'visitor->n2',
      'background-v1->n1',
      'n1->db',
    ])
  })
})
