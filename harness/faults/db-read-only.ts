import type { Cluster } from '../cluster/cluster.ts'
import { patiently } from '../cluster/services/sql.ts'
import { systemClock } from '../platform/clock.ts'
import { theDatabase } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawDatabase } from './draws.ts'
import { seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const withinMs = 5_000

/** A write that changes nothing, in a table that every database has; direct and not through a link. */
const write = 'update pg_catalog.pg_description set description = description where false'

async function look({ database }: Cluster, expected: 'accepted' | 'refused'): Promise<Witness> {
  const failure = await database.query(write).then(
    () => undefined,
    (error: Error) => error.message,
  )
  const said = failure === undefined ? 'a direct write is accepted' : `a direct write fails: ${failure}`
  return (failure === undefined) === (expected === 'accepted') ? seen(said) : unseen(said)
}

/** As a replica, or a full disk (FI-6). */
export const dbReadOnly = defineFault({
  kind: 'db.read-only',
  title: 'the database reads and does not write',
  aim: theDatabase,
  options: noOptions,
  create(cluster) {
    const set = async (value: 'on' | 'off') => {
      const { query } = patiently(cluster.database)
      await query(`alter system set default_transaction_read_only = ${value}`)
      await query('select pg_reload_conf()')
    }
    return {
      inject: () => set('on'),
      witnessOn: () => witnessWithin(withinMs, () => look(cluster, 'refused'), systemClock),
      heal: () => set('off'),
      witnessOff: () => witnessWithin(withinMs, () => look(cluster, 'accepted'), systemClock),
    }
  },
  drawn: { ways: [drawDatabase] },
  simulated: true,
})
