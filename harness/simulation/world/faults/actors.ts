import { backWithinMs, type FaultFactory, said, within } from './fault.ts'

/** Kills a named actor, target `n1/Sneakers23.Inventory`; its supervisor heals it, which shows in a new id (FI-1). */
export const actorKill: FaultFactory = (cluster, target) => {
  const [nodeName = '', name = ''] = target.split('/')
  const { runtime } = cluster.node(nodeName)
  const find = () => runtime.actors().find((actor) => actor.name === name)
  const victim = find()
  const look = () =>
    within(cluster, backWithinMs, () => {
      const now = find()
      return said(now !== undefined && now.id !== victim?.id, `${name} was actor ${victim?.id}, now it is ${now?.id}`)
    })
  return { inject: () => victim?.kill(), witnessOn: look, heal: () => {}, witnessOff: look }
}
