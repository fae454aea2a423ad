import type { Cluster } from '../cluster/cluster.ts'
import { systemClock } from '../platform/clock.ts'
import { type FaultKind, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const withinMs = 5_000

/** A write of the harness's own that changes nothing, direct and not through a link. */
const writes = ({ database }: Cluster) =>
  database.query('update products set position = position where false').then(
    () => 'is taken' as const,
    (error: Error) => `fails: ${error.message}`,
  )

const look = async (cluster: Cluster, expected: 'taken' | 'refused'): Promise<Witness> => {
  const answer = await writes(cluster)
  const said = `a direct write ${answer}`
  return (answer === 'is taken') === (expected === 'taken') ? seen(said) : unseen(said)
}

/** The database reads and does not write, as a replica or a full disk (FI-6). */
export const dbReadOnly: FaultKind = (cluster) => {
  const set = async (value: 'on' | 'off') => {
    await cluster.database.query(`alter system set default_transaction_read_only = ${value}`)
    await cluster.database.query('select pg_reload_conf()')
  }
  return {
    inject: () => set('on'),
    witnessOn: () => witnessWithin(withinMs, () => look(cluster, 'refused'), systemClock),
    heal: () => set('off'),
    witnessOff: () => witnessWithin(withinMs, () => look(cluster, 'taken'), systemClock),
  }
}
