import { describeValue, type ScenarioContext, scenariosFor, type WireClient } from '../../harness/index.ts'
import { type Ask, askOn, error, ok, type Reply } from '../asking.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { lookIf, nothingWasWrong, tokenOf } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const tokenEveryMs = 500
/** Longer than twice the 5 s between two tokens of a system that keeps its own settings. */
const cameWithinMs = 16_000
/** So much of it may a system on a machine without stalls take. */
const ownWithinMs = 4_000
const nodes = ['n1', 'n2'] as const
type Node = (typeof nodes)[number]
const userOn = { n1: '41', n2: '42' } as const
const other = { n1: 'n2', n2: 'n1' } as const
const pong = ok({ ping: 'pong' })

/** Joined once, and what the channel replies to each of its events. */
type Visit = readonly [
  topic: string,
  join: Reply,
  pushes: readonly (readonly [event: string, payload: unknown, Reply])[],
]

const pings: Visit[2] = [
  ['ping', {}, pong],
  ['ping', { ack_phrase: 'hello' }, ok({ ping: 'hello' })],
  ['ping:hooray!', {}, ok({ ping: 'hooray!' })],
  ['param_ping', { error: true }, error({ reason: 'You asked for this!' })],
  ['param_ping', { error: false, arr: [1, 2] }, ok({ error: false, arr: [1, 2] })],
]

const userVisits: readonly Visit[] = [
  ['ping', ok(), pings],
  ['ping:tour', ok(), [...pings, ['ding', {}, ok({ msg: 'shutting down' })]]],
  ['wild:2:4', ok(), [['ping', {}, pong]]],
  ['wild:100:200', ok(), [['ping', {}, pong]]],
  ['wild:4:2', error(), []],
  ['wild:1:2:3', error(), []],
  ['wild:invalid', error({ reason: 'join crashed' }), []],
  ['dupe', ok(), []],
]

const authVisits = (node: Node): readonly Visit[] => [
  ['ping', ok(), pings],
  [`user:${userOn[node]}`, ok(), [['whoami', {}, ok({ user_id: userOn[node] })]]],
  [`user:${userOn[other[node]]}`, error({ reason: 'unauthorized' }), []],
  ['recurring', ok(), []],
]

const statsVisits: readonly Visit[] = [
  [
    'valid',
    ok(),
    [
      ['parallel_slow_ping', {}, pong],
      ['ping', {}, pong],
      ['slow_ping', {}, pong],
    ],
  ],
  ['invalid', error({ reason: 'always fails' }), []],
]

export default scenario({
  id: 'channels/hello-tour',
  title: 'every channel of the demo, on every node',
  invariant:
    'A client that joins each channel of HelloSockets and sends each of its events once gets the reply that the catalogue names, on every node.',
  covers: [
    ...['CH-115', 'CH-116', 'CH-117', 'CH-118', 'CH-119', 'CH-120', 'CH-121', 'CH-123', 'CH-124', 'CH-126', 'CH-127'],
    ...['CH-128', 'CH-131', 'CH-132', 'CH-133', 'PA-13', 'PA-14', 'PM-16'],
  ],
  given: { nodes: 2, promised: ['wholeHelloSockets'], fasterEnv: { RECURRING_TOKEN_MS: String(tokenEveryMs) } },
  steps: [
    step('visit the sockets that anybody may open', async (context) => {
      provokeCrashes(context)
      await onEachNode(async (node) => {
        const [user, stats] = [await connect(context, 'user', node), await connect(context, 'stats', node)]
        await Promise.all([visitAll(context, user, userVisits), visitAll(context, stats, statsVisits)])
        await pongIsNotAnswered(context, user)
      })
    }),
    step('broadcast numbers, and ask everybody for a ping', async (context) => {
      const { control } = context.cluster.node('n2')
      for (const number of [1, 2, 3, 2]) await control.broadcast('dupe', 'number', { number })
      await control.broadcast('ping', 'request_ping', { from: 'the tour' })
      await watchedOnEachNode(context, async (node) => {
        const user = wireOf(context, 'user', node)
        const [numbers, requests] = [await told(context, user, 'number', 3), await told(context, user, 'send_ping', 1)]
        const expected = [1, 2, 3].map((value) => ({ value }))
        if (numbers) await lookIf(context, numbers, expected, `the numbers on ${node}`)
        if (requests)
          await lookIf(
            context,
            requests,
            [{ from: 'the tour', from_node: context.cluster.node(node).ownName }],
            `the request on ${node}`,
          )
      })
    }),
    step('visit the socket of users, each with a token', async (context) => {
      provokeCrashes(context)
      await onEachNode(async (node) => {
        const auth = await connect(context, 'auth', node, await tokenOf(context, node, Number(userOn[node])))
        await visitAll(context, auth, authVisits(node))
      })
    }),
    step('connect with the token that came by itself, to the other node', (context) =>
      watchedOnEachNode(context, async (node) => {
        const tokens = await told(context, wireOf(context, 'auth', node), 'new_token', 2)
        if (!tokens) return
        const [first, second] = tokens as [NewToken, NewToken]
        await lookIf(context, first.token === second.token, false, `the same token twice on ${node}`)
        await lookIf(context, second.user, { id: userOn[node] }, `whose token came on ${node}`)
        await opensAs(context, second.token, other[node], userOn[node])
      }),
    ),
    step('list who is there, while one goes and comes back', (context) =>
      watchingStalls(context, 'n1', () => comeAndGo(context)),
    ),
  ],
  expectations: [
    after(1, 'each push got its reply', nothingWasWrong),
    after(1, 'no refused join was counted as one that succeeded', refusalsAreCounted),
    after(2, 'each broadcast went through the outgoing handler', nothingIsMissing),
    after(3, 'each user got in where they may', nothingWasWrong),
    after(4, 'the tokens are new, and of the same user', nothingIsMissing),
    after(5, 'the list is right on every node', nothingIsMissing),
  ],
})

interface NewToken {
  token: string
  user: unknown
}

/** PM-10, PM-16: what nodes count of the channel whose joins this scenario makes alone. */
async function refusalsAreCounted({ recorder }: ScenarioContext) {
  for (const node of nodes) {
    const succeeded = recorder.events.filter(
      ({ type, who, operation, value }) =>
        type === 'metric' && who === node && operation === 'channel_join' && isOfWild(value),
    )
    if (succeeded.length > wildJoins)
      throw new Error(
        `${node} counted ${succeeded.length} joins of the WildcardChannel as a success, and ${wildJoins} were`,
      )
  }
}

const wildJoins = userVisits.filter(([topic, join]) => topic.startsWith('wild:') && isOk(join)).length

function isOk(join: Reply): boolean {
  return typeof join !== 'string' && join.status === 'ok'
}

function isOfWild(value: unknown): boolean {
  const { tags } = value as { tags: Record<string, string> }
  return tags.channel === 'WildcardChannel' && tags.status === 'success'
}

type SocketName = 'user' | 'auth' | 'stats'
const paths = { user: '/socket', auth: '/auth_socket', stats: '/stats_socket' } as const

const onEachNode = (visit: (node: Node) => Promise<void>) => Promise.all(nodes.map(visit)).then(() => {})

/** The same, watched by one: two would count each stall twice. */
const watchedOnEachNode = (context: ScenarioContext, visit: (node: Node) => Promise<void>) =>
  watchingStalls(context, 'n1', () => onEachNode(visit))

const provokeCrashes = (context: ScenarioContext) =>
  context.provoke(
    'refused and crashed joins are logged as errors',
    nodes.flatMap((node) => [`user-${node}`, `auth-${node}`, `stats-${node}`]),
  )

/** Opens one of the three sockets on a node; later steps find it again with `wireOf`. */
async function connect(context: ScenarioContext, socket: SocketName, node: Node, token?: string) {
  const name = `${socket}-${node}`
  const wire = await context.wire(name, node, {
    path: `${paths[socket]}/websocket`,
    ...(token && { query: { token } }),
  })
  await lookIf(context, wire.status, 101, `the handshake of ${name}`)
  context.scratch.set(name, wire)
  return wire
}

const wireOf = (context: ScenarioContext, socket: SocketName, node: Node) =>
  context.scratch.get(`${socket}-${node}`) as WireClient

const visitAll = (context: ScenarioContext, wire: WireClient, visits: readonly Visit[]) =>
  Promise.all(visits.map((visit) => visitOne(context, wire, visit)))

async function visitOne(context: ScenarioContext, wire: WireClient, [topic, join, pushes]: Visit) {
  const ask = askOn(wire, topic)
  const joined = asPromised(context, await ask('phx_join'), join)
  await lookIf(context, joined, join, `the join of ${topic} by ${wire.name}`)
  // At once: the replies to slow pushes are awaited together.
  const replies = await Promise.all(pushes.map(([event, payload]) => ask(event, payload)))
  for (const [index, [event, , expected]] of pushes.entries())
    await lookIf(context, replies[index], expected, `${event} on ${topic} by ${wire.name}`)
  if (!pushes.some(([event]) => event === 'ding')) return
  const isClosed = ([, , itsTopic, event]: unknown[]) => itsTopic === topic && event === 'phx_close'
  await lookIf(
    context,
    await wire.receive('phx_close', isClosed).then(
      () => 'closed',
      () => 'timeout',
    ),
    'closed',
    topic,
  )
}

/** A refusal is what was expected whatever its reason, unless the system promises the reasons. */
function asPromised({ cluster }: ScenarioContext, seen: Reply, expected: Reply): Reply {
  if (cluster.promises.refusalReasons || typeof seen === 'string' || typeof expected === 'string') return seen
  return seen.status === 'error' && expected.status === 'error' ? expected : seen
}

/** The channel handles one message after the other, so a reply to the first would have come before that to the second (CH-118). */
async function pongIsNotAnswered(context: ScenarioContext, wire: WireClient) {
  const ask = askOn(wire, 'ping:pong')
  await lookIf(context, await ask('phx_join'), ok(), 'the join of ping:pong')
  wire.send(['ping:pong 1', 'pong', 'ping:pong', 'pong', {}])
  await lookIf(context, await ask('ping'), pong, `ping after pong by ${wire.name}`)
  const replies = wire.frames().filter(([, ref]) => ref === 'pong')
  await lookIf(context, replies, [], `replies to pong for ${wire.name}`)
}

/** The payloads of an event that a client was sent, as soon as there are that many; undefined when they do not come. */
async function told(context: ScenarioContext, wire: WireClient, event: string, count: number) {
  const payloads = () => wire.frames().flatMap(([, , , its, payload]) => (its === event ? [payload] : []))
  const came = await comes(context, `${count} of ${event} for ${wire.name}`, () => payloads().length >= count)
  if (!came) missing(context, `${wire.name} got ${payloads().length} of ${count} ${event}`)
  return came ? payloads().slice(0, count) : undefined
}

const comes = (context: ScenarioContext, what: string, isThere: () => boolean | Promise<boolean>) =>
  context.until(what, cameWithinMs, isThere).catch(() => false)

const missing = ({ scratch }: ScenarioContext, sentence: string) => scratch.set('missing', sentence)

/** What did not come in time is missing, unless the machine stood still for most of that time. */
async function nothingIsMissing(context: ScenarioContext) {
  await nothingWasWrong(context)
  const sentence = context.scratch.get('missing')
  if (sentence !== undefined) mustTakeAtMost(context, cameWithinMs, ownWithinMs, String(sentence))
}

/** A token opens the socket for this user, and for no other one. */
async function opensAs(context: ScenarioContext, token: string, node: Node, userId: string) {
  const wire = await context.wire(`again-${userId}`, node, { path: '/auth_socket/websocket', query: { token } })
  await lookIf(context, wire.status, 101, `the handshake with the new token of ${userId}`)
  if (wire.status !== 101) return
  const ask = askOn(wire, `user:${userId}`)
  await lookIf(context, await ask('phx_join'), ok(), `the join with the new token of ${userId}`)
  await lookIf(context, await ask('whoami'), ok({ user_id: userId }), `who has the new token of ${userId}`)
}

async function comeAndGo(context: ScenarioContext) {
  const [one, two] = nodes.map((node) => askOn(wireOf(context, 'auth', node), 'tracked')) as [Ask, Ask]
  await lookIf(context, await one('phx_join'), ok(), 'the join of tracked on n1')
  await listed(context, [one], ['41'])
  await lookIf(context, await two('phx_join'), ok(), 'the join of tracked on n2')
  await listed(context, [one, two], ['41', '42'])
  await lookIf(context, await one('phx_leave'), ok(), 'leaving tracked on n1')
  await listed(context, [two], ['42'])
  await lookIf(context, await one('phx_join'), ok(), 'the second join of tracked on n1')
  await listed(context, [one, two], ['42', '41'])
}

/** Every node lists the same users, in the order in which they came (CH-132). */
async function listed(context: ScenarioContext, asks: readonly Ask[], users: readonly string[]) {
  if (context.scratch.has('missing')) return
  const expected = asks.map(() => ok({ users }))
  let seen: readonly Reply[] = []
  const isRight = async () => {
    seen = await Promise.all(asks.map((ask) => ask('list')))
    return JSON.stringify(seen) === JSON.stringify(expected) || seen.includes('crashed')
  }
  const came = await comes(context, `the list ${users}`, isRight)
  if (came) await lookIf(context, seen, expected, 'the lists of who is there')
  else missing(context, `the lists of who is there stay ${describeValue(seen)} instead of [${users}]`)
}
