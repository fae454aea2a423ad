import type { ScenarioContext, Tab } from '../../harness/index.ts'
import { mustHaveHeard } from '../stalls.ts'
import { seesIn } from '../support.ts'

type Context = ScenarioContext<'store'>

const keyOf = ({ who }: Tab) => `count of ${who}`
const countIn = async (tab: Tab) => Number(/Current count: (-?\d+)/.exec(await tab.text('h1'))?.[1])

/** Keeps the number that the session of a counter holds: the live page counts on from it whenever it is mounted. */
export async function rememberCount({ scratch }: Context, tab: Tab) {
  scratch.set(keyOf(tab), await countIn(tab))
}

/** Waits until the counter shows so many more than its session holds. */
export const seesCount = (context: Context, tab: Tab, more: number) =>
  seesIn(context, tab, async () => {
    const [seen, expected] = [await countIn(tab), Number(context.scratch.get(keyOf(tab))) + more]
    return seen === expected || `the count ${seen} instead of ${expected}`
  })

/** The same for a page that was not mounted again: one that has lost its connection, because something stood still, counts anew. */
export const keepsCount = (context: Context, tab: Tab, more: number) =>
  seesCount(context, tab, more).catch(({ message }: Error) =>
    mustHaveHeard(context, false, (who) => who === tab.who, message),
  )

/** The official client of a live page ignores a click on a button whose last click has not been answered yet: waits for the answer. */
export async function clickInLivePage(page: Pick<Tab['page'], 'getByRole' | 'waitForSelector'>, button: string) {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.waitForSelector('[data-phx-ref-src]', { state: 'detached' })
}
