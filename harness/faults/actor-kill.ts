import type { Cluster } from '../cluster/cluster.ts'
import { type ActorInfo, ControlError } from '../cluster/control-client.ts'
import { systemClock } from '../platform/clock.ts'
import { anActor } from './aims.ts'
import { defineFault } from './define-fault.ts'
import type { Draw } from './draws.ts'
import { seen, unseen, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const goneWithinMs = 3_000
/** A channel is back when its client has joined again. */
const backWithinMs = 15_000

/** Some actors live for a moment, and are gone before they can be killed: then it is tried with those that are there now. */
const triesMax = 10
const isGone = (error: unknown) => error instanceof ControlError && error.status === 404

async function untilThere(kill: () => Promise<void>): Promise<void> {
  for (let tries = 1; tries < triesMax; tries += 1) {
    const error = await kill().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error === undefined) return
    if (!isGone(error)) throw error
  }
  await kill()
}

/** `n1/PingChannel:ping#2` is the second of that name on n1. */
function readTarget(cluster: Cluster, target: string) {
  const [, node = '', name = '', ordinal = '1'] = /^([^/]+)\/(.*?)(?:#(\d+))?$/.exec(target) ?? []
  return { control: cluster.node(node).control, node, name, index: Number(ordinal) - 1 }
}

const drawActor: Draw = (random, { nodes, actors }) => ({ target: `${random.pick(nodes)}/${random.pick(actors)}` })

/** Its supervisor or its client brings another one, which shows in a new id (FI-1, RT-77). */
export const actorKill = defineFault({
  kind: 'actor.kill',
  title: 'kills one actor or connection of a node',
  isSudden: true,
  endsConnections: true,
  aim: anActor,
  options: noOptions,
  create(cluster, target) {
    const { control, node, name, index } = readTarget(cluster, target)
    const namesakes = async () => (await control.actors()).filter((actor) => actor.name === name)
    let before: readonly ActorInfo[] = []
    let killedId = ''
    return {
      inject: () =>
        untilThere(async () => {
          before = await namesakes()
          const victim = before[index]
          if (!victim)
            throw new Error(`${node} has no actor ${name}${index > 0 ? `, or not ${index + 1} of them` : ''}`)
          killedId = await control.killActor(victim.id)
        }),
      witnessOn: () =>
        witnessWithin(
          goneWithinMs,
          async () => {
            const isThere = (await namesakes()).some(({ id }) => id === killedId)
            return isThere ? unseen(`${name} is still actor ${killedId}`) : seen(`${name}, actor ${killedId}, is gone`)
          },
          systemClock,
        ),
      heal: async () => {},
      witnessOff: () =>
        witnessWithin(
          backWithinMs,
          async () => {
            const now = await namesakes()
            const fresh = now.filter(({ id }) => !before.some((old) => old.id === id)).map(({ id }) => id)
            const said = `${name} was actor ${killedId}, now there is ${fresh.join(', ') || 'no other'}`
            return fresh.length > 0 && now.length >= before.length ? seen(said) : unseen(said)
          },
          systemClock,
        ),
    }
  },
  drawn: { ways: [drawActor] },
  simulated: true,
})
