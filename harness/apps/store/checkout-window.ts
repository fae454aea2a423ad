import type { OperationWindow } from '../../app.ts'

/** Longer than it takes to detect the purchase and to inject a fault. */
const holdMs = 2_500

const waitingSql = `
  select count(*)::integer as n from pg_stat_activity where state = 'idle in transaction' and query ilike 'update orders%'`

/** The window between reserving the stock and committing; the database shows the transactions that wait in it. */
export const checkoutWindow: OperationWindow = {
  between: ['reserve', 'commit'],
  async hold({ nodes, database }) {
    const holdFor = (delayMs: number) =>
      Promise.allSettled(nodes.map(({ control }) => control.delay('Checkout.commit', delayMs)))
    await holdFor(holdMs)
    return {
      waitingCount: async () => (await database.query<{ n: number }>(waitingSql))[0]!.n,
      release: () => holdFor(0),
    }
  },
}
