import type { Cluster } from '../cluster.ts'
import { backWithinMs, type FaultKind, probeWithinMs, said, within } from './fault.ts'

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
  (hit: (cluster: Cluster) => void, mend: (cluster: Cluster) => void, sql = 'select 1'): FaultKind =>
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
  'update products set position = position where false',
)
