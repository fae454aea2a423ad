import type { Cluster } from '../cluster/cluster.ts'
import type { Database } from '../cluster/services/database.ts'
import { systemClock } from '../platform/clock.ts'
import { theDatabase } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawDatabase } from './draws.ts'
import { type Fault, seen, unseen, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const goneWithinMs = 3_000
const backWithinMs = 15_000

type Act = (database: Database) => Promise<void> | void

/** Witnessed by a query of the harness's own, direct and not through a link. */
function downUntilHealed({ database }: Cluster, hit: Act, mend: Act): Fault {
  const witness = (withinMs: number, expected: 'answered' | 'failing') =>
    witnessWithin(
      withinMs,
      async () => {
        const failure = await database.query('select 1').then(
          () => undefined,
          (error: Error) => error.message || error.name,
        )
        const said = failure === undefined ? 'a direct query is answered' : `a direct query fails: ${failure}`
        return (failure === undefined) === (expected === 'answered') ? seen(said) : unseen(said)
      },
      systemClock,
    )
  return {
    inject: async () => hit(database),
    witnessOn: () => witness(goneWithinMs, 'failing'),
    heal: async () => mend(database),
    witnessOff: () => witness(backWithinMs, 'answered'),
  }
}

const common = {
  aim: theDatabase,
  options: noOptions,
  drawn: { ways: [drawDatabase] },
  simulated: true,
} as const

/** (FI-6) */
export const dbKill = defineFault({
  ...common,
  kind: 'db.kill',
  title: 'SIGKILL to the database and all its processes',
  isSudden: true,
  create: (cluster) =>
    downUntilHealed(
      cluster,
      (database) => database.kill(),
      (database) => database.start(),
    ),
})

/** (FI-6) */
export const dbPause = defineFault({
  ...common,
  kind: 'db.pause',
  title: 'SIGSTOP to the database: connections hang',
  create: (cluster) =>
    downUntilHealed(
      cluster,
      (database) => database.pause(),
      (database) => database.resume(),
    ),
})
