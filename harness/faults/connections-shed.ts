import { z } from 'zod'
import type { ControlClient } from '../cluster/control-client.ts'
import { systemClock } from '../platform/clock.ts'
import { aNode } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { optionsOf } from './options.ts'

const witnessedWithinMs = 10_000

const connections = z.number().int().min(0)
const about = (description: string) => ({ unit: 'connections', description })

const idsOn = async (control: ControlClient) => (await control.state()).connections.map(({ id }) => id)

/** A node closes some of its connections, and their clients come back to whatever node they are given (DP-21, DP-22, FI-13). */
export const connectionsShed = defineFault({
  kind: 'connections.shed',
  title: 'makes a node close a number of connections, or its surplus, so that clients connect again',
  isSudden: true,
  endsConnections: true,
  closesWith: 1012,
  aim: aNode,
  options: optionsOf({
    count: connections.default(1).meta(about('closed once')),
    keep: connections.optional().meta(about('left, when all others are closed in rounds; in place of count')),
  }),
  create(cluster, target, { count, keep }) {
    const { control } = cluster.node(target)
    let before: string[] = []
    const isShed = async (): Promise<Witness> => {
      const now = await idsOn(control)
      const goneCount = before.filter((id) => !now.includes(id)).length
      const said = `${goneCount} of the ${before.length} connections of ${target} are gone, and it has ${now.length}`
      return (keep === undefined ? goneCount >= Math.min(count, before.length) : now.length <= keep)
        ? seen(said)
        : unseen(said)
    }
    return {
      async inject() {
        before = await idsOn(control)
        await control.shed(keep === undefined ? { count } : { keep })
      },
      witnessOn: () => witnessWithin(witnessedWithinMs, isShed, systemClock),
      heal: async () => {},
      witnessOff: async () => seen(`${target} has ${(await idsOn(control)).length} connections`),
    }
  },
  explains: () => ({ at: 'node' }),
  drawn: { never: 'only a cluster whose size changes needs it' },
  simulated: 'no balancer in the simulation',
})
