import { randomUUID } from 'node:crypto'
import {
  accessAsStated,
  type Conversation,
  createVisitor,
  type ScenarioContext,
  scenariosFor,
  type Visitor,
} from '../../harness/index.ts'
import { byStatus, type Row, tryAll } from './row.ts'
import { once } from './topic-rows.ts'
import { joinCart, pollPath, rightLogin, userAt } from './world.ts'

const { scenario, step } = scenariosFor('store')

type Node = ReturnType<ScenarioContext['cluster']['node']>

/** Ours have the prefix `squall`: it is the begin of theirs, and one of theirs is called like one of ours. */
const theirEnv = {
  APPS: 'hello',
  CLUSTER_PREFIX: 'squall2',
  // Nobody listens there: one of theirs would report its clients as those of ours with the same name.
  STATSD_PORT: '9',
  SECRET_KEY_BASE: 'a secret that only the neighbours know'.repeat(2),
}
const theirNames = { m1: 'm1', m2: 'n1' }

const agreeWithinMs = 20_000

export default scenario({
  id: 'access/neighbours',
  title: 'two clusters on one Redis, and two applications in one process',
  invariant:
    'Clusters with different prefixes share a Redis, and applications a process, and no message, session, user or token of one reaches the other.',
  covers: ['DP-7', 'CH-19', 'CH-23', 'CH-71', 'CH-84', 'CH-90', 'PA-14', 'PA-21', 'DP-43'],
  given: { nodes: 2, pubsub: 'redis' },
  steps: [
    step('the neighbours start', async (context) => {
      const theirs = await Promise.all(
        Object.entries(theirNames).map(([name, SQUALL_NODE]) =>
          context.cluster.spare(name, { ...theirEnv, SQUALL_NODE }),
        ),
      )
      await Promise.all(theirs.map((node) => node.start()))
      context.scratch.set('town', townOf(context, theirs))
      await context.until('the neighbours see each other', agreeWithinMs, async () =>
        (await Promise.all(theirs.map(peersOf))).every((peers) => peers.length > 0),
      )
    }),
    step('everybody speaks, and tries the doors of the others', async (context) => {
      const town = context.scratch.get('town') as Town
      await tryAll(context, [
        ...hearing(town).map((row) => [row]),
        ...lists(town).map((row) => [row]),
        ...keys(town).map((row) => [row]),
        relayed(town),
        disconnected(town),
      ])
      await tryAll(
        context,
        peers(town).map((row) => [row]),
      )
      for (const one of town.visitors) one.leave()
    }),
  ],
  expectations: [],
  checkers: [accessAsStated],
})

type Side = 'ours' | 'theirs'

interface Place {
  node: Node
  /** What its cluster calls it. */
  called: string
  side: Side
}

type Town = ReturnType<typeof townOf>

function townOf(context: ScenarioContext, theirs: readonly Node[]) {
  const { recorder, cluster } = context
  const visitors: Visitor[] = []
  const places: Place[] = [
    ...cluster.nodes.map((node) => ({ node, called: node.name, side: 'ours' as const })),
    ...theirs.map((node) => ({
      node,
      called: theirNames[node.name as keyof typeof theirNames],
      side: 'theirs' as const,
    })),
  ]
  /** All who belong to one cluster may know what is said there. */
  const visitorAt = ({ side, node }: Pick<Place, 'side' | 'node'>, options: { mayKnowAll?: boolean } = {}) => {
    const visitor = createVisitor({ name: `${side}#${node.name}`, recorder, ...options })
    visitors.push(visitor)
    return visitor
  }
  return { context, places, visitors, visitorAt }
}

const nameOf = ({ side, called }: Place) =>
  side === 'ours' ? `our node ${called}` : `the node ${called} of the neighbours`

async function peersOf({ control }: Node): Promise<string[]> {
  const { peers: known } = await control.state()
  return Object.keys(known).filter((name) => known[name]!.connected)
}

const of = ({ places }: Town, side: Side) => places.filter((place) => place.side === side)

/** Every node speaks on one topic, and somebody listens at every node. */
function hearing(town: Town): Row[] {
  const heard = once(() => speak(town))
  return town.places.flatMap((listener, index) =>
    town.places.map(
      (speaker): Row => ({
        visitor: `a client of ${nameOf(listener)}`,
        action: `hear what ${nameOf(speaker)} says`,
        node: listener.node.name,
        expected: listener.side === speaker.side ? 'allowed' : 'refused',
        ids: ['DP-7', 'CH-71'],
        attempt: async () => ((await heard())[index]!.has(speaker.node.name) ? 'allowed' : 'refused'),
      }),
    ),
  )
}

/** Returns from which nodes each listener has heard something, in the order of the places. */
async function speak(town: Town): Promise<Set<string>[]> {
  const { places, visitorAt } = town
  const lines = await Promise.all(
    places.map(async (place) => {
      const line = await visitorAt(place).connect(`${place.node.directUrl}/socket/websocket?vsn=2.0.0`)
      await line.ask('ping', 'phx_join')
      return line
    }),
  )
  // A note is heard by its own cluster before the next word is said: then the others would have heard it too.
  for (const event of ['note', 'last word']) {
    for (const place of places) {
      const text = randomUUID()
      visitorAt(place).owns('what was said', text)
      await place.node.control.broadcast('ping', event, { from: place.node.name, text })
    }
    await Promise.all(places.map((place, index) => hearsAll(lines[index]!, event, of(town, place.side))))
  }
  return lines.map((line) => new Set(notesIn(line, 'note')))
}

const notesIn = (line: Conversation, wanted: string) =>
  line.frames().flatMap(([, , , event, payload]) => (event === wanted ? [(payload as { from: string }).from] : []))

async function hearsAll(line: Conversation, wanted: string, speakers: readonly Place[]) {
  for (const { node } of speakers)
    await line.receive(
      `the ${wanted} of ${node.name}`,
      ([, , , event, payload]) => event === wanted && (payload as { from: string }).from === node.name,
    )
}

/** Who is there, by the trackers of both clusters and of both applications. */
function lists(town: Town): Row[] {
  const joined = once(() => joinTracked(town))
  const tracked = town.places.map((place): Row => {
    const expected = trackedBy(town, place.side)
    return {
      visitor: `a user of ${nameOf(place)}`,
      action: 'list the users',
      node: place.node.name,
      expected: `allowed: ${expected}`,
      ids: ['PA-14', 'DP-7'],
      async attempt() {
        const { lines } = await joined()
        const line = lines[town.places.indexOf(place)]!
        let seen = ''
        await town.context
          .until('everybody of the cluster is listed', agreeWithinMs, async () => {
            const { response } = await line.ask('tracked', 'list')
            seen = (response as { users: string[] }).users.toSorted().join(', ')
            return seen.length >= expected.length
          })
          .catch(() => {})
        return `allowed: ${seen}`
      },
    }
  })
  return [...tracked, dashboardRow(town, joined)]
}

const userOf = ({ side, node }: Place) => `${side}-${node.name}`
const trackedBy = (town: Town, side: Side) => of(town, side).map(userOf).toSorted().join(', ')

async function joinTracked({ places, visitorAt }: Town) {
  const lines = await Promise.all(
    places.map(async (place) => {
      const visitor = visitorAt(place)
      const token = await userAt(place.node.directUrl, visitor, userOf(place))
      const query = new URLSearchParams({ vsn: '2.0.0', token })
      const line = await visitor.connect(`${place.node.directUrl}/auth_socket/websocket?${query}`)
      await line.ask('tracked', 'phx_join')
      return line
    }),
  )
  const [first] = places
  const cartId = 'c'.repeat(64)
  await joinCart(first!.node.directUrl, { visitor: visitorAt(first!), cartId })
  return { lines, cartId }
}

/** The users of one application are no shoppers of the other, and a cart is no user. */
function dashboardRow({ context, places, visitorAt }: Town, joined: () => ReturnType<typeof joinTracked>): Row {
  const { node } = places[1]!
  return {
    visitor: 'the dashboard of the shop',
    action: 'list the carts',
    node: node.name,
    expected: 'allowed: 1 cart',
    ids: ['PA-21', 'PA-24'],
    async attempt() {
      const { cartId } = await joined()
      const visitor = visitorAt({ side: 'ours', node }, { mayKnowAll: true })
      const { body } = await visitor.request(`${node.directUrl}/admin`, { headers: rightLogin })
      const [, token = ''] = /window\.adminToken = "([^"]+)"/.exec(body) ?? []
      const keysNow = async () => {
        const query = new URLSearchParams({ vsn: '2.0.0', token })
        const line = await visitor.connect(`${node.directUrl}/admin_socket/websocket?${query}`)
        await line.ask('admin:cart_tracker', 'phx_join')
        const [, , , , state] = await line.receive('the state', ([, , , event]) => event === 'presence_state')
        line.close()
        return Object.keys(state as object)
      }
      await context.until('the cart is there', agreeWithinMs, async () => (await keysNow()).includes(cartId))
      const found = await keysNow()
      return found.length === 1 ? 'allowed: 1 cart' : `allowed: ${found.length} carts`
    },
  }
}

/** Tokens are good in their own cluster, on every node, and not next door. */
const keys = ({ places, visitorAt }: Town): Row[] =>
  places.flatMap((from) =>
    places.map(
      (to): Row => ({
        visitor: `a user with a token of ${nameOf(from)}`,
        action: 'connect to /auth_socket',
        node: to.node.name,
        expected: from.side === to.side ? 'allowed' : 'refused with 403',
        ids: ['CH-84', 'DP-43'],
        async attempt() {
          const token = await userAt(from.node.directUrl, visitorAt(from), 'guest')
          const query = new URLSearchParams({ vsn: '2.0.0', token })
          return byStatus(await visitorAt(to).knock(`${to.node.directUrl}/auth_socket/websocket?${query}`))
        },
      }),
    ),
  )

/** A session over long polls whose requests go to one node and through another one, while the neighbours have a node of the same name. */
function relayed({ context, places, visitorAt }: Town): Row[] {
  const [home, away] = places as [Place, Place]
  return [
    {
      visitor: 'a client with a session over long polls',
      action: 'get its messages through another node',
      node: away.node.name,
      expected: 'allowed',
      ids: ['CH-19', 'CH-23', 'DP-7'],
      async attempt() {
        const visitor = visitorAt(home)
        const { body } = await visitor.request(`${home.node.directUrl}${pollPath}`)
        const { token } = JSON.parse(body) as { token: string }
        const door = `${away.node.directUrl}${pollPath}&token=${token}`
        const messages = async () => (JSON.parse((await visitor.request(door)).body) as { messages: string[] }).messages
        const post = (text: string) => visitor.request(door, { method: 'POST', body: text })
        await post(JSON.stringify(['1', '1', 'ping:poll', 'phx_join', {}]))
        await messages()
        let isAnswered = false
        const next = messages().finally(() => {
          isAnswered = true
        })
        await context.until(
          'the poll waits',
          agreeWithinMs,
          async () => isAnswered || (await holdsOf(away)).relayed > 0,
        )
        await home.node.control.broadcast('ping:poll', 'note', { for: 'the poll' })
        const got = await next
        await post('no frame')
        return got.length === 1 && got[0]!.includes('the poll')
          ? 'allowed'
          : `refused: it got ${got.join() || 'nothing'}`
      },
    },
  ]
}

const holdsOf = async ({ node }: Place) => (await node.control.state()).holds

/** The connections of a user end in one cluster, and those of the user of the same name next door stay. */
function disconnected(town: Town): Row[] {
  const { visitorAt } = town
  const [home] = of(town, 'ours')
  const opened = once(async () => {
    const lines = await Promise.all(
      town.places.map(async (place) => {
        const visitor = visitorAt(place)
        const token = await userAt(place.node.directUrl, visitor, 'same')
        return visitor.connect(
          `${place.node.directUrl}/auth_socket/websocket?${new URLSearchParams({ vsn: '2.0.0', token })}`,
        )
      }),
    )
    await home!.node.control.broadcast('auth_socket:same', 'disconnect', {})
    return lines
  })
  return town.places.map((place, index) => ({
    visitor: `the user "same" of ${nameOf(place)}`,
    action: 'stay when our user "same" is disconnected',
    node: place.node.name,
    expected: place.side === 'ours' ? 'refused' : 'allowed',
    ids: ['CH-90', 'DP-7'],
    async attempt() {
      const line = (await opened())[index]!
      if (place.side === 'ours') {
        const [more] = await line.receive('the end of the connection', () => false)
        return more === undefined ? 'refused' : 'allowed'
      }
      await line.ask('phoenix', 'heartbeat')
      return line.isOpen() ? 'allowed' : 'refused'
    },
  }))
}

/** Which nodes a node takes for its peers. */
const peers = (town: Town): Row[] =>
  town.places.map((place) => {
    const others = of(town, place.side).filter((one) => one !== place)
    return {
      visitor: nameOf(place),
      action: 'see its peers',
      node: place.node.name,
      expected: `allowed: ${others.map(({ called }) => called).join(', ')}`,
      ids: ['DP-7'],
      attempt: async () => `allowed: ${(await peersOf(place.node)).toSorted().join(', ')}`,
    }
  })
