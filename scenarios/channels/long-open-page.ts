import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustNotRepeat } from '../stalls.ts'
import { received, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const tabCount = 3
const isAlice = (who: string) => who.startsWith('alice')

const allJoined = async (context: ScenarioContext<'store'>) => {
  const joins = await Promise.all(context.shoppers()[0]!.tabs.map((tab) => tab.joins()))
  return joins.every(({ joined }) => joined.length === 3)
}

export default scenario({
  id: 'channels/long-open-page',
  title: 'a page that outlives its token',
  invariant:
    'A page stays open for longer than the token that it was loaded with is good for; it is sent fresh ones, and connects with them after its connection broke.',
  covers: ['AT-11', 'AT-46', 'CH-87', 'CH-88', 'CH-99', 'CH-127', 'CH-133', 'CH-134', 'DF-19', 'DF-27', 'DF-20'],
  tags: ['browser'],
  given: { nodes: 1, env: { USER_TOKEN_AGE_S: '3', RECURRING_TOKEN_MS: '1000' } },
  steps: [
    step('load the demo page, three times', async (context) => {
      for (let n = 1; n <= tabCount; n += 1) {
        context.provoke('the page pushes an event that crashes its channel ping', [n === 1 ? 'alice' : `alice#${n}`])
        await (await context.shopper('alice')).open('n1', '/hello')
      }
      const tab = theTab(context, 'alice')
      await context.until('the pages are joined', 8_000, () => allJoined(context))
      const asked: number[] = []
      for (const { page } of context.shoppers()[0]!.tabs)
        page.on(
          'request',
          (request) => void (request.url().includes('/hello') && asked.push(context.clock.monotonicMs())),
        )
      context.scratch.set('asked', asked)
      const token = await tab.page.evaluate(() => (window as unknown as { authToken: string }).authToken)
      context.scratch.set('token', token)
    }),
    step('wait until the first token is too old', (context) => context.clock.sleep(5_500)),
    step('break the connection', async (context) => {
      await using _drop = await context.nemesis.inject('connection.drop', 'n1/recurring')
    }),
    step('somebody else connects with the first token', async (context) => {
      const thief = await context.wire('thief', 'n1', {
        path: '/auth_socket/websocket',
        query: { token: String(context.scratch.get('token')) },
      })
      context.scratch.set('status', thief.status)
    }),
  ],
  expectations: [
    after(2, 'fresh tokens came, each another one', async (context) => {
      await context
        .until('four tokens came', 15_000, () => received(context, 'alice', 'new_token').length >= 4)
        .catch(() => {})
      const tokens = received(context, 'alice', 'new_token').map(({ value }) => (value as { token: string }).token)
      if (tokens.length < 4 || new Set(tokens).size !== tokens.length)
        throw new Error(`${tokens.length} tokens came, ${new Set(tokens).size} of them different`)
    }),
    after(2, 'nobody had to ask for one', async (context) => {
      const asked = context.scratch.get('asked') as number[]
      const atOnce = Math.max(0, ...asked.map((ms) => asked.filter((other) => Math.abs(other - ms) < 250).length))
      const sentence = `the pages asked for a token ${asked.length} times, ${atOnce} at once`
      mustNotRepeat(context, asked.length === 0, isAlice, sentence)
    }),
    after(3, 'the page is connected again', (context) =>
      context.until('the page is joined again', 8_000, () => allJoined(context)),
    ),
    after(4, 'the first token opens nothing any more', async (context) => {
      if (context.scratch.get('status') !== 403) throw new Error(`it was answered ${context.scratch.get('status')}`)
    }),
  ],
  checkers: [joinedTopics],
})
