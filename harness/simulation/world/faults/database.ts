import type { Cluster } from '../cluster.ts'
import { backWithinMs, type FaultFactory, probeWithinMs, said, within } from './fault.ts'

/** A statement of the witness's own. */
async function statement({ database, clock }: Cluster, sql: string): Promise<string> {
  try {
    const backend = database.connect()
    const silence = clock.sleep(probeWithinMs).then(() => 'nothing')
    const answer = backend.execute(sql, []).then(() => 'done')
    const what = await Promise.race([answer, silence])
    backend.close()
    return what
  } catch (error) {
    return (error as Error).message
  }
}

const dbFault =
  (hit: (cluster: Cluster) => void, mend: (cluster: Cluster) => void, sql = 'select 1'): FaultFactory =>
  (cluster) => {
    const look = async (isBroken: boolean) => {
      const what = await statement(cluster, sql)
      return said((what !== 'done') === isBroken, `a direct statement: ${what}`)
    }
    return {
      inject: () => hit(cluster),
      witnessOn: () => look(true),
      heal: () => mend(cluster),
      witnessOff: () => within(cluster, backWithinMs, () => look(false)),
    }
  }

/** What a power cut does (FI-6). */
export const dbKill = dbFault(
  ({ database }) => database.kill(),
  ({ database }) => database.start(),
)
/** Connections hang (FI-6). */
export const dbPause = dbFault(
  ({ database }) => database.pause(),
  ({ database }) => database.resume(),
)
/** It reads and does not write (FI-6). */
export const dbReadOnly = dbFault(
  ({ database }) => database.setReadOnly(true),
  ({ database }) => database.setReadOnly(false),
  'update pg_catalog.pg_description set description = description where false',
)
/** Whoever is connected is put out, and nobody gets in (FI-6). */
export const dbOutOfConnections = dbFault(
  ({ database }) => database.setFull(true),
  ({ database }) => database.setFull(false),
)

/** Statements take this much longer; one of the witness's own is timed (FI-6). */
export const dbSlow: FaultFactory = (cluster, _target, { delayMs }) => {
  const slowMs = Number(delayMs)
  const look = async (isSlow: boolean) => {
    const startedMs = cluster.clock.monotonicMs()
    const what = await statement(cluster, 'select 1')
    const tookMs = cluster.clock.monotonicMs() - startedMs
    return said(what === 'done' && tookMs >= slowMs === isSlow, `a direct statement: ${what} after ${tookMs} ms`)
  }
  return {
    inject: () => cluster.database.setSlow(slowMs),
    witnessOn: () => look(true),
    heal: () => cluster.database.setSlow(0),
    witnessOff: () => look(false),
  }
}
