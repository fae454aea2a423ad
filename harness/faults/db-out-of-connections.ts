import { Client, type DatabaseError } from 'pg'
import type { Cluster } from '../cluster/cluster.ts'
import { systemClock } from '../platform/clock.ts'
import { theDatabase } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawDatabase } from './draws.ts'
import { seen, unseen, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const goneWithinMs = 3_000
const backWithinMs = 15_000
/** A client that is disconnected reconnects at once; after this many rounds it is quicker than we are for good. */
const roundsMax = 50
/** Rounds in a row in which nobody else had a connection. */
const quietEnough = 2
const betweenRoundsMs = 50
const tooMany = '53300'
const ourName = 'squall-takes-all'

/** Takes free connections until there is none left. */
async function takeFree(url: string, held: Client[]) {
  for (;;) {
    const client = new Client({ connectionString: url, application_name: ourName })
    client.on('error', () => {})
    try {
      await client.connect()
    } catch (error) {
      if ((error as DatabaseError).code === tooMany) return
      throw error
    }
    held.push(client)
  }
}

const disconnectOthers = `select pg_terminate_backend(pid) from pg_stat_activity
  where backend_type = 'client backend' and application_name <> $1`

/** Takes those of the nodes too, as long as we are quicker than they reconnect. Throws when we are not. */
async function takeAll(url: string, held: Client[]) {
  let quietRounds = 0
  for (let round = 0; round < roundsMax; round += 1) {
    const knownCount = held.length
    await takeFree(url, held)
    if (held.length === 0) throw new Error('the database had no free connection before anybody took them')
    const { rowCount } = await held[0]!.query(disconnectOthers, [ourName])
    const isQuiet = rowCount === 0 && held.length === knownCount
    quietRounds = isQuiet ? quietRounds + 1 : 0
    if (quietRounds === quietEnough) return
    // A connection that is being opened or closed stands in no list.
    if (isQuiet) await systemClock.sleep(betweenRoundsMs)
  }
  throw new Error(`the nodes still have connections to the database after ${roundsMax} rounds of taking them away`)
}

/** Asks for a connection as anybody would: not one of those that are held. */
const asks = ({ database }: Cluster) =>
  database.query('select 1').then(
    () => ({ answer: 'answered', said: 'a direct query is answered' }) as const,
    ({ code, message }: DatabaseError) =>
      ({ answer: code === tooMany ? 'refused' : 'failed', said: `a direct query fails: ${message}` }) as const,
  )

/** Whoever asks for a connection is refused (FI-6). */
export const dbOutOfConnections = defineFault({
  kind: 'db.out-of-connections',
  title: 'takes every connection that the database allows',
  aim: theDatabase,
  options: noOptions,
  create(cluster) {
    const held: Client[] = []
    const until = (expected: 'answered' | 'refused', withinMs: number) =>
      witnessWithin(
        withinMs,
        async () => {
          const { answer, said } = await asks(cluster)
          return answer === expected ? seen(said) : unseen(said)
        },
        systemClock,
      )
    return {
      inject: () => takeAll(cluster.database.url, held),
      witnessOn: () => until('refused', goneWithinMs),
      heal: async () => void (await Promise.all(held.map((client) => client.end()))),
      witnessOff: () => until('answered', backWithinMs),
    }
  },
  drawn: { ways: [drawDatabase] },
  simulated: true,
})
