import type { Cluster } from '../../cluster/cluster.ts'
import type { Recorder } from '../../history/recorder.ts'
import { seenReserving } from '../../plans/trigger.ts'

/** Longer than it takes to see the purchase and to break something. */
const holdMs = 2_500

/** Makes every purchase wait between taking from the stock and making it certain, and sees in the database when one is there. */
export async function holdPurchases({ nodes, database }: Cluster, recorder: Recorder) {
  const holdFor = (delayMs: number) =>
    Promise.allSettled(nodes.map(({ control }) => control.delay('Checkout.commit', delayMs)))
  await holdFor(holdMs)
  return {
    async look() {
      const [row] = await database.query<{ n: number }>(
        `select count(*)::integer as n from pg_stat_activity where state = 'idle in transaction' and query ilike 'update orders%'`,
      )
      if (row!.n > 0) recorder.record({ who: 'database', type: 'read', operation: seenReserving, value: row!.n })
    },
    /** Purchases that come now are not held; one that is held stays so. */
    release: () => holdFor(0),
  }
}
