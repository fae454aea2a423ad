import { joinedTopics, type ScenarioContext, scenariosFor, type WireClient } from '../../harness/index.ts'
import { mustBeConnected, watchingStalls } from '../stalls.ts'
import { mustBe, openPage, theTab } from '../support.ts'
import { keepsCount, rememberCount, seesCount } from './counter.ts'

const { scenario, step, after } = scenariosFor('store')

/** More than a frame may have. */
const hugeBytes = 1_200_000
const stale = 'stale'
const unauthorized = 'unauthorized'
const crashed = 'join crashed'

export default scenario({
  id: 'live/bad-input',
  title: 'a crash in a live page, forged tokens and oversized forms',
  invariant:
    'Whatever one client of live pages sends, a page that crashes is mounted afresh, what is forged or unknown is refused, nobody else notices, and the log has the reasons without a token.',
  covers: ['LV-4', 'LV-9', 'LV-10', 'LV-12', 'FI-16', 'NF-1', 'NF-20', 'CH-35', 'CH-59'],
  tags: ['browser'],
  given: { nodes: 1 },
  steps: [
    step('two people count', async (context) => {
      for (const who of ['alice', 'mallory']) {
        const tab = await openPage(context, who, 'n1', '/counter')
        await rememberCount(context, tab)
        await tab.page.getByRole('button', { name: '+', exact: true }).click()
      }
    }),
    step('one of them sends an event that the page does not have', async (context) => {
      await seesCount(context, theTab(context, 'mallory'), 1)
      context.provoke('an event that the page does not have crashes it', ['mallory'])
      await theTab(context, 'mallory').page.evaluate(() => {
        const button = document.querySelector<HTMLElement>('.counter button')!
        button.setAttribute('phx-click', 'boom')
        button.click()
      })
    }),
    step('join pages that are not there, or not theirs', async (context) =>
      watchingStalls(context, 'n1', async () => {
        const page = await loadPage(context, '/counter')
        const drops = await loadPage(context, '/drops')
        const wire = await connect(context, 'joiner', page)
        context.provoke('joins are refused and logged', [])
        const joins: Record<string, [topic: string, payload: object, expected: string]> = {
          'no session': [page.topic, { ...page.join, session: undefined }, stale],
          'an altered session': [page.topic, { ...page.join, session: altered(page.join.session) }, stale],
          'the session of another page': [page.topic, { ...page.join, session: drops.join.session }, stale],
          'the static token as session': [page.topic, { ...page.join, session: page.join.static }, stale],
          'a session that is no text': [page.topic, { ...page.join, session: { of: page.join.session } }, crashed],
          'a topic without a page': ['lv:phx-nobody', page.join, stale],
          'an address without a route': [drops.topic, { ...drops.join, url: 'http://shop/nowhere' }, unauthorized],
          'an address without a host': [drops.topic, { ...drops.join, url: '/drops' }, crashed],
          'what is no live page': ['cart:1', {}, 'unmatched topic'],
        }
        for (const [what, [topic, payload, expected]] of Object.entries(joins)) {
          const { response } = await ask(wire, topic, 'phx_join', payload)
          if (response.reason !== expected)
            context.scratch.set('wrong join', `${what}: ${response.reason} instead of ${expected}`)
        }
        const stranger = await connect(context, 'stranger', { ...page, csrfToken: 'forged' })
        const { response } = await ask(stranger, page.topic, 'phx_join', page.join)
        if (response.reason !== stale) context.scratch.set('wrong join', `a forged csrf token: ${response.reason}`)
        context.scratch.set(
          'tokens',
          [page, drops].flatMap(({ join }) => [join.session, join.static]),
        )
      }),
    ),
    step('send a page what it cannot handle', async (context) =>
      watchingStalls(context, 'n1', async () => {
        const page = await loadPage(context, '/counter')
        const wire = await connect(context, 'sender', page)
        context.provoke(
          'an event that the page does not have and an upload crash it, and an oversized form ends the connection',
          ['sender'],
        )
        const first = await joinPage(wire, page)
        const { response } = await ask(wire, page.topic, 'event', { type: 'click', event: 'inc', value: {}, cid: 99 })
        context.scratch.set('unknown component', JSON.stringify(response))
        await crashes(wire, first, [page.topic, 'event', { type: 'click', event: 'boom', value: {} }])
        const second = await joinPage(wire, page)
        await crashes(wire, second, [page.topic, 'allow_upload', { ref: 'phx-1', entries: [], cid: null }])
        await joinPage(wire, page)
        wire.send([null, 'y', page.topic, 'event', { type: 'form', event: 'find', value: 'x'.repeat(hugeBytes) }])
        await context.until('the oversized form ends its connection', 5_000, () => wire.closedWith())
        context.scratch.set('tokens', [...tokensOf(context), page.join.session, page.join.static])
      }),
    ),
  ],
  expectations: [
    after(2, 'its page is mounted afresh, and counts again', async (context) => {
      const tab = theTab(context, 'mallory')
      await seesCount(context, tab, 0)
      await tab.page.getByRole('button', { name: '+', exact: true }).click()
      await keepsCount(context, tab, 1)
    }),
    after(3, 'each is refused', async (context) => mustBe(context.scratch.get('wrong join'), undefined, 'a join')),
    after(4, 'an event for no component changes nothing', async (context) =>
      mustBe(context.scratch.get('unknown component'), '{}', 'the answer'),
    ),
    after(4, 'the other one has the connection and the count of before', async (context) => {
      mustBeConnected(
        context,
        (who) => who === 'alice',
        (who, times) => `${who} was disconnected ${times} times`,
      )
      await keepsCount(context, theTab(context, 'alice'), 1)
      const left = context.recorder.events.filter(({ type, who }) => type === 'leave' && who === 'alice')
      mustBe(left.length, 0, 'pages that alice lost')
    }),
    after(4, 'the log has the reasons, and no token', async (context) => {
      const log = context.cluster.node('n1').log()
      for (const words of ['may not join this live page', 'no event \\"boom\\"'])
        if (!log.includes(words) && !log.includes(words.replaceAll('\\', '')))
          throw new Error(`the log does not say "${words}"`)
      const tokens = tokensOf(context)
      if (tokens.length < 2 || tokens.some((token) => log.includes(token.slice(0, 40))))
        throw new Error('the log holds a token of a live page')
    }),
  ],
  checkers: [joinedTopics],
})

type Context = ScenarioContext<'store'>

const tokensOf = (context: Context) => (context.scratch.get('tokens') as string[] | undefined) ?? []

interface LivePage {
  topic: string
  join: { url?: string; params: object; session: string; static: string }
  cookie: string
  csrfToken: string
}

const elementPattern = /<div id="([^"]+)" data-phx-main data-phx-session="([^"]+)" data-phx-static="([^"]+)">/

/** A page as a browser has it before its client connects. */
async function loadPage(context: Context, path: string): Promise<LivePage> {
  const url = context.cluster.node('n1').directUrl + path
  const answer = await fetch(url)
  const html = await answer.text()
  const [, id, session, staticToken] = elementPattern.exec(html) ?? []
  const [, csrfToken] = /window\.csrfToken = "([^"]+)"|csrfToken = "([^"]+)"/.exec(html) ?? []
  if (!id || !session || !staticToken || !csrfToken) throw new Error(`${path} is no live page`)
  const join = { params: { _mounts: 0 }, session, static: staticToken, ...(path !== '/counter' && { url }) }
  return { topic: `lv:${id}`, join, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '', csrfToken }
}

const connect = (context: Context, name: string, { cookie, csrfToken }: LivePage) =>
  context.wire(name, 'n1', { path: '/live/websocket', query: { _csrf_token: csrfToken }, headers: { cookie } })

let lastRef = 0

/** Returns the join reference. */
async function joinPage(wire: WireClient, { topic, join }: LivePage): Promise<string> {
  const { ref } = await ask(wire, topic, 'phx_join', join)
  return ref
}

/** The page that was joined with this reference ends because of the message. */
async function crashes(wire: WireClient, joinRef: string, [topic, event, payload]: [string, string, unknown]) {
  wire.send([joinRef, event, topic, event, payload])
  await wire.receive(`its end after ${event}`, ([of, , , name]) => of === joinRef && name === 'phx_error')
}

async function ask(wire: WireClient, topic: string, event: string, payload: unknown) {
  lastRef += 1
  const ref = String(lastRef)
  wire.send([event === 'phx_join' ? ref : null, ref, topic, event, payload])
  const [, , , , answer] = await wire.receive(`an answer to ${event}`, ([, replied]) => replied === ref)
  return { ref, ...(answer as { status: string; response: { reason?: string } }) }
}

const altered = (token: string) => token.slice(0, -10) + (token.at(-10) === 'A' ? 'B' : 'A') + token.slice(-9)
