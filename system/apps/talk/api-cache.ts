import type { Clock } from '../../platform/clock.ts'
import { type ActorRef, child, createTables, type Runtime, type Table, TableRefused } from '../../runtime/index.ts'

interface ApiCacheOptions {
  runtime: Runtime
  clock: Pick<Clock, 'monotonicMs'>
  /** Asks the external API. */
  fetch(): Promise<number>
  /** How long an answer is valid. */
  validMs: number
  tables?: ReturnType<typeof createTables>
}

/** An answer of the external API, and how old it is. */
export interface Cached {
  value: number
  ageMs: number
}

const tableName = 'talk_cache'
const key = 'rates'

/**
 * The answer of an external API in a table that all actors of the node read (RT-28, RT-46, RT-47). Whoever finds none asks the owner of the
 * table, which handles one message after the other: all who wait share one call, and its failure.
 */
export function createApiCache({ runtime, clock, fetch, validMs, tables = createTables() }: ApiCacheOptions) {
  let owner: ActorRef<{ askedMs: number }> | undefined
  let table: Table | undefined
  let failed = { atMs: Number.NEGATIVE_INFINITY, error: undefined as unknown }

  /** The answer in the table, while it is valid. A table that ended with its owner has none. */
  function look(): Cached | undefined {
    const [row] = rows()
    if (!row) return undefined
    const [, value, atMs] = row as [string, number, number]
    const ageMs = clock.monotonicMs() - atMs
    return ageMs < validMs ? { value, ageMs } : undefined
  }

  function rows() {
    try {
      return owner && table ? table.lookup(owner, key) : []
    } catch (error) {
      if (error instanceof TableRefused) return []
      throw error
    }
  }

  async function refresh({ askedMs }: { askedMs: number }): Promise<Cached> {
    const found = look()
    if (found) return found
    if (askedMs <= failed.atMs) throw failed.error
    const value = await fetch().catch((error: unknown) => {
      failed = { atMs: clock.monotonicMs(), error }
      throw error
    })
    table!.insert(owner!, [[key, value, clock.monotonicMs()]])
    return { value, ageMs: 0 }
  }

  return {
    child: child('api cache', async () => {
      const actor = await runtime.start<{ askedMs: number }>({
        name: 'Talk.Cache',
        role: 'talk-cache',
        // A call that fails must not crash the owner, because the table would end with it.
        handle: (message) =>
          refresh(message).then(
            (cached) => ({ cached }),
            (error: unknown) => ({ error }),
          ),
      })
      table = tables.create(actor, { name: tableName })
      owner = actor
      return actor
    }),
    /** Rejects with what the API failed with, and with ActorExited while the cache is being restarted. */
    async read(): Promise<Cached> {
      const found = look()
      if (found) return found
      if (!owner) throw new Error('the cache has not been started yet')
      const answer = await owner.call<{ cached: Cached } | { error: unknown }>({ askedMs: clock.monotonicMs() })
      if ('error' in answer) throw answer.error
      return answer.cached
    },
  }
}
