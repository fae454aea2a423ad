import { systemClock } from '../platform/clock.ts'
import { type FaultKind, seen, unseen, witnessWithin } from './fault.ts'

const replacedWithinMs = 3_000

/** Kills a named actor, target `n1/Sneakers23.Inventory`; its supervisor heals it, which shows in a new id (FI-1, RT-77). */
export const actorKill: FaultKind = (cluster, target) => {
  const [nodeName = '', name = ''] = target.split('/')
  const { control } = cluster.node(nodeName)
  let killedId = ''
  const look = async () => {
    const now = (await control.actors()).find((actor) => actor.name === name)
    if (!now) return unseen(`${name} is not running`)
    return now.id === killedId
      ? unseen(`${name} is still actor ${killedId}`)
      : seen(`${name} was actor ${killedId}, now it is ${now.id}`)
  }
  return {
    inject: async () => {
      killedId = await control.killActor(name)
    },
    witnessOn: () => witnessWithin(replacedWithinMs, look, systemClock.sleep),
    heal: async () => {},
    witnessOff: () => witnessWithin(replacedWithinMs, look, systemClock.sleep),
  }
}
