import { describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { checkAim, describeAim } from '../../../harness/faults/aims.ts'
import { faults } from '../../../harness/faults/index.ts'
import { resolveTarget } from '../../../harness/faults/targets.ts'
import { kinds } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { faults as simulated } from '../../../harness/simulation/world/faults/index.ts'

const definitions = Object.entries(faults)

describe('the list of faults (FI-1..FI-11)', () => {
  it.each(definitions)('%s stands under its own kind, and says in one line what it does and to what', (name, fault) => {
    expect(fault.kind).toBe(name)
    expect(fault.title).toMatch(/^\S.{10,90}\S$/)
    expect(describeAim(fault.aim)).not.toContain('\n')
  })

  it.each(definitions)('%s says of each option what it is, and of each number its unit', (_name, { options }) => {
    for (const { type, unit, about } of options) {
      expect(about).toMatch(/\w/)
      expect(unit !== undefined).toBe(type === 'a number')
    }
  })

  it('says which faults the simulator has, and the simulator has these and no others (FI-18)', () => {
    const claimed = definitions.filter(([, fault]) => fault.simulated === true).map(([name]) => name)
    expect(Object.keys(simulated).sort()).toEqual(claimed.sort())
  })
})

describe('a target that a fault cannot be aimed at', () => {
  it.each([
    ['node.kill', 'n1->n2', 'node.kill is aimed at a node, such as n1, n1,n2, any'],
    ['node.kill', 'db', 'got "db"'],
    ['link.cut', 'n1', 'link.cut is aimed at a link, from -> to, such as n1->n2'],
    ['link.loss', 'n1->db', 'for the servers there are db.slow and redis.slow'],
    ['actor.kill', 'n1', 'actor.kill is aimed at an actor of a node'],
    ['connection.drop', 'n1', 'such as n1/<topic>; got "n1"'],
    ['db.kill', 'n1', 'db.kill is aimed at the database, such as db; got "n1"'],
    ['metrics.stop', 'n1', 'metrics.stop is aimed at the metrics daemon, such as statsd; got "n1"'],
    ['redis.kill', 'db', 'redis.kill is aimed at the Redis server, such as redis; got "db"'],
  ] as const)('%s %s is refused at once', (kind, target, why) => {
    expect(() => checkAim(kind, faults[kind].aim, target)).toThrow(why)
  })

  it('is none of those that random plans draw', () => {
    const random = seededRandom(3)
    const scene = { nodes: ['n1', 'n2', 'n3'].map((name) => ({ name, hasWeb: true })) }
    for (const { kind, draw } of kinds) {
      const { target, options = {} } = draw(random, storeWorkload.targets)
      const parts = resolveTarget(target, scene, random).split('|').length > 1 ? ['n1->n2'] : [target]
      for (const part of parts) expect(() => checkAim(kind, faults[kind].aim, part)).not.toThrow()
      expect(() => faults[kind].checkOptions(options)).not.toThrow()
    }
  })
})

describe('options that make no sense end in one sentence (FI-4)', () => {
  it.each([
    [
      'link.latency',
      {},
      'link.latency needs the option delayMs, a number in ms, and got none; its options are delayMs (a number in ms), jitterMs (a number in ms, default 0)',
    ],
    ['link.latency', { delayMs: '300' }, 'link.latency expects delayMs to be a number in ms, and got "300"; '],
    ['link.latency', { delayMs: -1 }, 'link.latency expects delayMs to be at least 0, and got -1; '],
    ['link.latency', { delay: 3, delayMs: 3 }, 'link.latency has no option delay (did you mean delayMs?); '],
    ['link.bandwidth', { rateKiBps: 0 }, 'link.bandwidth expects rateKiBps to be more than 0, and got 0; '],
    ['link.loss', { lossPercent: 101 }, 'link.loss expects lossPercent to be at most 100, and got 101; '],
    [
      'link.poor',
      { network: 'pigeon' },
      'link.poor expects network to be one of mobile-2g, mobile-3g, weak-wifi, train, and got "pigeon"; ',
    ],
    ['node.kill', { gently: true }, 'node.kill has no option gently; it takes no options'],
    ['messages.drop', {}, 'messages.drop needs the option kinds or topics: which messages are meant; '],
    [
      'messages.drop',
      { kinds: ['gossip'] },
      'messages.drop expects kinds to be a list of replication, news, carts, trackers, broadcasts, and got ["gossip"]; ',
    ],
    ['handler.slow', { delayMs: 1, handler: 'Shop.buy' }, 'handler.slow expects handler to be one of PingChannel.ping'],
  ] as const)('%s %j', (kind, options, sentence) => {
    expect(() => faults[kind].checkOptions(options)).toThrow(sentence)
  })
})

describe('what the record of a fault says of its effects (AM-1, AM-4)', () => {
  it('names the topics of the kinds of messages that are dropped', () => {
    const { explains } = faults['messages.drop'].effectsOf({ kinds: ['trackers'], topics: ['ping'] })
    expect(explains).toEqual({ at: 'into-node', topics: ['ping', 'tracker:'] })
  })

  it('is nothing for a fault that only delays', () => {
    expect(faults['link.latency'].effectsOf({ delayMs: 3 })).toEqual({})
  })
})
