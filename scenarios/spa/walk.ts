import { describeValue, joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustHaveHeard } from '../stalls.ts'
import { mustBe } from '../support.ts'

const { scenario, step, after } = scenariosFor('spa')

const pingMs = 250
const rounds = 20
const received = 'Pings pingReceived'

/** What a person does, and which frames and connections must follow from it (AT-17). */
const walk: readonly [title: string, socketCount: number, sent: readonly string[]][] = [
  ['Pings', 1, ['phx_join ping']],
  // The connection is closed, and the topic with it.
  ['Home', 0, []],
  ['Pings', 1, ['phx_join ping']],
  ['Other Pings', 1, ['phx_leave ping', 'phx_join other']],
  ['Pings', 1, ['phx_leave other', 'phx_join ping']],
  ['Counter', 1, []],
  ['Pings', 1, []],
  ['Counter', 1, []],
  ['Pings', 1, []],
]

export default scenario({
  id: 'spa/walk',
  title: 'pages of the React example join what they show, and leave it',
  invariant:
    'Each page is connected and joined to its topic while it is shown, and to nothing else; pages of one topic share its channel; each ping is counted once, also after a crash of the channel and of the node.',
  covers: [
    'AT-17',
    'RX-1',
    'RX-2',
    'RX-3',
    'RX-4',
    'RX-5',
    'RX-6',
    'RX-7',
    'RX-9',
    'RX-10',
    'RX-11',
    'RX-12',
    'RX-13',
    'RX-14',
    'RX-16',
    'DF-119',
    'DF-120',
    'DF-121',
    'FI-1',
    'FI-2',
  ],
  expectedDurationMs: 22_000,
  tags: ['browser'],
  given: { nodes: 1, env: { SPA_PING_MS: String(pingMs) } },
  steps: [
    step('load the first page', async (context) => {
      const alice = await theVisitor(context)
      await alice.page.getByRole('heading', { name: 'Home' }).waitFor()
    }),
    step('walk through the pages', async (context) => {
      const alice = await theVisitor(context)
      for (const [index, [title, socketCount, frames]] of walk.entries()) {
        const before = alice.sent.length
        await alice.goTo(title)
        const seen = () => ({ socketCount: alice.socketCount(), sent: alice.sent.slice(before) })
        const expected = JSON.stringify({ socketCount, sent: frames })
        // The frames of the page before may be on their way; those of this one come before the next click.
        await context
          .until(`the frames of ${title}`, 8_000, () => JSON.stringify(seen()) === expected)
          .catch(() => context.scratch.set('wrong walk', `page ${index + 1}, ${title}: ${describeValue(seen())}`))
        if (context.scratch.has('wrong walk')) return
      }
    }),
    step('receive pings', async (context) => {
      const alice = await theVisitor(context)
      await alice.goTo('Counter')
      await alice.goTo('Pings')
      context.scratch.set('said before', alice.said(received))
      await context.until('three pings', 5_000, async () => (await lineCount(context)) >= 3)
    }),
    step('go to and fro between two pages', async (context) => {
      const alice = await theVisitor(context)
      for (let round = 0; round < rounds; round += 1) for (const title of ['Home', 'Pings']) await alice.goTo(title)
      await alice.goTo('Home')
    }),
    step('tell each other what they do, and ping', async (context) => {
      const both = [await theVisitor(context), await context.visitor('bob', 'n1')]
      for (const one of both) await one.goTo('activity feed')
      await context.until('both are joined', 5_000, () =>
        both.every((one) => one.joins().joined.includes('activities')),
      )
      for (const [index, text] of activities.entries()) await tell(context, both[index]!, text)
      context.scratch.set('feeds', await Promise.all(both.map(feedOf)))
      const [alice] = both
      for (const one of both) await one.goTo('Pings')
      await alice!.page.getByRole('button', { name: 'Press to send a ping' }).click()
      const isAnswered = async () => (await alice!.page.inputValue('textarea')).includes('{"ping":"pong"}')
      await context.until('the own ping is answered', 5_000, isAnswered).catch(() => {
        context.scratch.set('feeds', 'the answer to the own ping is not shown')
      })
    }),
    step('kill the channel of one topic, with somebody on the other one', async (context) => {
      const bob = await context.visitor('bob', 'n1')
      await bob.goTo('Other Pings')
      await context.until('bob is joined', 5_000, () => bob.joins().joined.includes('other'))
      context.scratch.set('before the kill', context.recorder.events.length)
      await (await theVisitor(context)).goTo('Counter')
      await countsOn(context, 2)
      await using _kill = await context.nemesis.inject('actor.kill', 'n1/SpaPingChannel:ping')
    }),
    step('kill the node', async (context) => {
      await countsOn(context, 2)
      await using _kill = await context.nemesis.inject('node.kill', 'n1')
    }),
  ],
  expectations: [
    after(1, 'the first page opens no connection', async (context) =>
      mustBe((await theVisitor(context)).socketCount(), 0, 'connections'),
    ),
    after(2, 'each page has its connection and its topic, and no page more', async (context) =>
      mustNotBeWrong(context, context.scratch.get('wrong walk')),
    ),
    after(3, 'each ping is told once, to the page that is shown', async (context) => {
      const alice = await theVisitor(context)
      const counts = async () => ({
        told: alice.said(received) - Number(context.scratch.get('said before')),
        shown: await lineCount(context),
      })
      let last = await counts()
      const isSame = async () => {
        last = await counts()
        return Math.abs(last.told - last.shown) <= 1
      }
      await context.until('as many are told as are shown', 5_000, isSame).catch(() => {
        throw new Error(`${last.told} times told of ${last.shown} pings`)
      })
    }),
    after(4, 'no connection is left, and no document was loaded', async (context) => {
      const alice = await theVisitor(context)
      await context
        .until('no connection', 8_000, () => alice.socketCount() === 0)
        .catch(() => {
          throw new Error(`${alice.socketCount()} connections are open on a page that needs none`)
        })
      mustBe(alice.documentCount(), 1, 'documents')
    }),
    after(5, 'both show both, the newest first', async (context) => {
      const feed = ['2 new activities', activities[1], activities[0]]
      mustBe(context.scratch.get('feeds'), [feed, feed], 'the feeds')
    }),
    after(6, 'the other topic did not feel it', async (context) => {
      const since = context.recorder.events.slice(Number(context.scratch.get('before the kill')))
      const left = since.filter(({ who, type }) => who === 'bob' && type === 'leave')
      mustBe(left.length, 0, 'topics that bob lost')
    }),
    after(7, 'the counter goes on', (context) => countsOn(context, 2)),
  ],
  checkers: [joinedTopics],
})

type Context = ScenarioContext<'spa'>

/** A page that gave its connection up, because something stood still, makes it and its joins anew. */
const mustNotBeWrong = (context: Context, seen: unknown) =>
  mustHaveHeard(context, seen === undefined, () => false, `the walk: ${seen}`)

type Visitor = Awaited<ReturnType<Context['visitor']>>

/** The first is said by one, the second by the other. */
const activities = ['runs <home> & back', 'läuft 🏃'] as const

/** Says it, and waits until it is shown. */
async function tell(context: Context, { page }: Visitor, text: string) {
  await page.getByRole('textbox').fill(text)
  await page.getByRole('button', { name: 'Tell everybody' }).click()
  await context.until(`"${text}" is shown`, 5_000, async () => (await page.textContent('.activities'))?.includes(text))
}

const feedOf = async ({ page }: Visitor) => [
  await page.getByRole('main').getByRole('status').textContent(),
  ...(await page.locator('.activities li').allTextContents()),
]

const theVisitor = (context: Context) => context.visitor('alice', 'n1')

async function lineCount(context: Context): Promise<number> {
  const text = await (await theVisitor(context)).page.inputValue('textarea')
  return text.split('\n').filter(Boolean).length
}

/** Its number grows by so much at least. */
async function countsOn(context: Context, more: number) {
  const { page } = await theVisitor(context)
  const read = async () => Number(await page.textContent('.count'))
  const before = await read()
  await context.until(`the counter grows from ${before}`, 15_000, async () => (await read()) >= before + more)
}
