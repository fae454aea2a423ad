import type { Cluster } from '../cluster/cluster.ts'
import { theDatabase } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawDatabase } from './draws.ts'
import { noOptions } from './options.ts'
import { killServer, type Probe, pauseServer } from './server-down.ts'

const queryOf = ({ database }: Cluster): Probe => ({ what: 'a direct query', ask: () => database.query('select 1') })

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
  create: (cluster) => killServer(cluster.database, queryOf(cluster)),
})

/** (FI-6) */
export const dbPause = defineFault({
  ...common,
  kind: 'db.pause',
  title: 'SIGSTOP to the database: connections hang',
  create: (cluster) => pauseServer(cluster.database, queryOf(cluster)),
})
