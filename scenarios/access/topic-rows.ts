import type { Conversation } from '../../harness/index.ts'
import type { Row, Sequence } from './row.ts'
import { mint } from './tokens.ts'
import { saltOf, type World } from './world.ts'

const unmatched = 'refused: unmatched topic'
const unauthorized = 'refused: unauthorized'

/** Topics on which nodes and their parts talk among themselves. */
const inner = ['shop_news', 'carts_resync', 'longpoll_relay', 'item_out:1', 'auth_socket:1', 'phoenix']

const everywhereUnmatched = [...inner, 'admin:cart_trackers', 'lv:phx-1', '', '*']

interface Connection {
  visitor: string
  path: string
  token?: string
  ids: readonly string[]
  topics: Record<string, string>
}

const allOf = (topics: readonly string[], outcome: string) =>
  Object.fromEntries(topics.map((topic) => [topic, outcome]))

const ofOthers = (...own: string[]) =>
  allOf(
    [
      'ping',
      'dupe',
      'wild:1:2',
      'user:1',
      'recurring',
      'tracked',
      'product:1',
      `cart:${'x'.repeat(64)}`,
      'admin:cart_tracker',
      'valid',
    ].filter((topic) => !own.includes(topic)),
    unmatched,
  )

const cart = (id: string) => `cart:${id}`

/** What each socket routes, and which of it is for whom (CH-45..CH-47, CH-92, CH-126, PA-36, CT-19). */
const connections = (world: World): Connection[] => [
  {
    visitor: 'a visitor of the demonstration',
    path: '/socket',
    ids: ['CH-45', 'CH-46', 'CH-50', 'CH-115'],
    topics: {
      ...ofOthers('ping', 'dupe', 'wild:1:2'),
      ...allOf(everywhereUnmatched, unmatched),
      ...allOf(['ping', 'ping:', 'ping:x', 'ping:*', 'dupe', 'wild:1:2', 'wild:20:40'], 'allowed'),
      ...allOf(['PING', 'Ping:x', 'pin', 'pingx', 'xping', 'dupe:x', 'dupes', 'wild', ' ping', 'ping '], unmatched),
      ...allOf(['wild:1:3', 'wild:2:1', 'wild:1:2:4', 'wild:0:1'], 'refused'),
      'wild:one:two': 'refused: join crashed',
    },
  },
  {
    visitor: 'a visitor of the shop',
    path: '/product_socket',
    ids: ['CT-18', 'CT-19', 'CH-45', 'PA-20', 'PA-21', 'PA-36'],
    topics: {
      ...ofOthers('product:1', cart('x'.repeat(64))),
      ...allOf(everywhereUnmatched, unmatched),
      ...allOf(['product:1', 'product:2', cart('x'.repeat(64)), cart('é'.repeat(32))], 'allowed'),
      ...allOf(
        ['products', 'product', 'Product:1', 'xproduct:1', 'cart', `carts:${'x'.repeat(64)}`, `CART:${'x'.repeat(64)}`],
        unmatched,
      ),
      ...allOf(
        [cart(''), cart('x'.repeat(63)), cart('x'.repeat(65)), cart('é'.repeat(64)), cart('é'.repeat(31))],
        'refused: join crashed',
      ),
    },
  },
  {
    visitor: 'somebody who runs the shop',
    path: '/admin_socket',
    token: world.tokens.admin.good,
    ids: ['PA-36', 'CH-45'],
    topics: {
      ...ofOthers('admin:cart_tracker'),
      ...allOf(everywhereUnmatched, unmatched),
      ...allOf(['admin:', 'admin:*', 'admin:cart_tracke', 'admin:cart_tracker:1', 'Admin:cart_tracker'], unmatched),
      'admin:cart_tracker': 'allowed',
    },
  },
  {
    visitor: 'a visitor of the statistics',
    path: '/stats_socket',
    ids: ['CH-131'],
    topics: {
      ...allOf(Object.keys(ofOthers('valid')), 'refused: join crashed'),
      ...allOf(['valid:', 'Valid', 'invalids', 'shop_news'], 'refused: join crashed'),
      valid: 'allowed',
      invalid: 'refused: always fails',
    },
  },
  {
    visitor: 'a visitor of the React example',
    path: '/spa_socket',
    ids: ['CH-45', 'RX-6'],
    topics: {
      ...ofOthers('ping'),
      ...allOf(everywhereUnmatched, unmatched),
      ...allOf(['ping', 'other', 'activities'], 'allowed'),
      ...allOf(['ping:x', 'others', 'activity', 'activities:1', 'spa:ping'], unmatched),
    },
  },
  {
    visitor: 'a visitor without a page',
    path: '/live',
    ids: ['LV-10', 'CH-45'],
    topics: {
      ...ofOthers(),
      ...allOf(
        everywhereUnmatched.filter((topic) => !topic.startsWith('lv:')),
        unmatched,
      ),
      ...allOf(['lv', 'LV:phx-1', 'live:phx-1'], unmatched),
      ...allOf(['lv:', 'lv:phx-1', 'lv:*'], 'refused: stale'),
    },
  },
  ...userConnections(world),
]

const userTopics = [
  '1',
  '2',
  '12',
  '01',
  '1 ',
  ' 1',
  '1.0',
  '+1',
  '1:2',
  '',
  '*',
  'ann',
  'Ann',
  'admin',
  'null',
  'undefined',
]

/** Every user at the topics of users whose ids are alike. */
const userConnections = (world: World): Connection[] => {
  const numeric = mint({ secret: world.secrets.keyBase, salt: saltOf('user'), data: 1 })
  const users = { ...world.users, '1 (a number)': numeric }
  return Object.entries(users).map(([userId, token]) => ({
    visitor: `the user ${userId}`,
    path: '/auth_socket',
    token,
    ids: ['CH-92', 'CH-126', 'CH-8'],
    topics: {
      ...ofOthers('user:1', 'ping', 'recurring', 'tracked'),
      ...allOf(
        everywhereUnmatched.filter((topic) => topic !== 'auth_socket:1'),
        unmatched,
      ),
      ...allOf(['User:1', 'users', 'user', 'ping:x', 'recurring:1', 'tracked:1', 'auth_socket:1'], unmatched),
      ...Object.fromEntries(
        userTopics.map((id) => [`user:${id}`, id === userId.split(' ')[0] ? 'allowed' : unauthorized]),
      ),
      ping: 'allowed',
    },
  }))
}

/** Each connection tries its topics one after the other. */
export const topicSequences = (world: World): Sequence[] => connections(world).map((one) => sequenceOf(world, one))

function sequenceOf(world: World, { visitor, path, token, ids, topics }: Connection): Sequence {
  const { name, directUrl } = world.away
  const query = new URLSearchParams({ vsn: '2.0.0', ...(token && { token }) })
  // The dashboard is told the id of every cart (PA-22).
  const own = world.visitorOf(visitor, { mayKnowAll: path === '/admin_socket' })
  const open = once(() => own.connect(`${directUrl}${path}/websocket?${query}`))
  const common = { visitor, node: name, ids }
  const rows = Object.entries(topics).map(
    ([topic, expected]): Row => ({
      ...common,
      action: `join ${shortened(topic)} at ${path}`,
      expected,
      attempt: async () => joinOf(await open(), topic),
    }),
  )
  const ownTopic = Object.keys(topics).find((topic) => topic.startsWith('user:') && topics[topic] === 'allowed')
  return ownTopic === undefined ? rows : [...rows, identityRow(common, ownTopic, open)]
}

/** Who somebody is, as the node has read it from the token at connect. */
const identityRow = (common: Pick<Row, 'visitor' | 'node'>, topic: string, open: () => Promise<Conversation>): Row => ({
  ...common,
  action: `ask who it is on ${topic}`,
  expected: `allowed as ${topic.slice('user:'.length)}`,
  ids: ['CH-8', 'CH-124'],
  async attempt() {
    const { response } = await (await open()).ask(topic, 'whoami')
    return `allowed as ${(response as { user_id: unknown }).user_id}`
  },
})

/** Calls `make` for the first who asks, and returns the same to all. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

export async function joinOf(line: Conversation, topic: string, payload: object = {}): Promise<string> {
  const { status, response } = await line.ask(topic, 'phx_join', payload)
  if (status === 'ok') return 'allowed'
  const { reason } = response as { reason?: string }
  return reason === undefined ? 'refused' : `refused: ${reason}`
}

const shortened = (topic: string) =>
  topic.length > 40 ? `${topic.slice(0, 12)}... (${topic.length} letters)` : `"${topic}"`
