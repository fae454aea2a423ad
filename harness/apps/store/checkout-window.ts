import type { OperationWindow } from '../../app.ts'

/** Longer than it takes to see the purchase and to break something. */
const holdMs = 2_500

const waitingSql = `
  select count(*)::integer as n from pg_stat_activity where state = 'idle in transaction' and query ilike 'update orders%'`

/** Between taking from the stock and making it certain; the database shows who waits there. */
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
