import type { Cluster } from '../cluster/cluster.ts'
import { systemClock } from '../platform/clock.ts'
import { type Fault, type FaultKind, seen, unseen, witnessWithin } from './fault.ts'

const goneWithinMs = 3_000
const backWithinMs = 15_000

/** A query of the harness's own, direct and not through a link. */
const asks = (cluster: Cluster) =>
  cluster.database.query('select 1').then(
    () => 'answers' as const,
    (error: Error) => error.message || error.name,
  )

const dbFault =
  (hit: (cluster: Cluster) => Promise<void> | void, mend: (cluster: Cluster) => Promise<void> | void): FaultKind =>
  (cluster): Fault => ({
    inject: async () => hit(cluster),
    witnessOn: () =>
      witnessWithin(
        goneWithinMs,
        async () => {
          const answer = await asks(cluster)
          return answer === 'answers' ? unseen('a direct query is answered') : seen(`a direct query fails: ${answer}`)
        },
        systemClock,
      ),
    heal: async () => mend(cluster),
    witnessOff: () =>
      witnessWithin(
        backWithinMs,
        async () => {
          const answer = await asks(cluster)
          return answer === 'answers' ? seen('a direct query is answered') : unseen(`a direct query fails: ${answer}`)
        },
        systemClock,
      ),
  })

/** SIGKILL to the database and all its processes (FI-6). */
export const dbKill = dbFault(
  ({ database }) => database.kill(),
  ({ database }) => database.start(),
)
/** SIGSTOP: connections hang (FI-6). */
export const dbPause = dbFault(
  ({ database }) => database.pause(),
  ({ database }) => database.resume(),
)
