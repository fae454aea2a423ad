import type { HttpAnswer } from '../../harness/index.ts'
import { byStatus, type Row } from './row.ts'
import { pollPath, type World } from './world.ts'

/** PUBLIC_HOST of the nodes. */
export const publicHost = 'shop.example'

const origins: Record<string, 'allowed' | 'refused'> = {
  'http://shop.example': 'allowed',
  'https://shop.example': 'allowed',
  'https://shop.example:8443': 'allowed',
  'https://shop.example.evil': 'refused',
  'https://shop.example.evil:443': 'refused',
  'https://evilshop.example': 'refused',
  'https://www.shop.example': 'refused',
  'https://example': 'refused',
  'https://shop.exampl': 'refused',
  'https://shop-example': 'refused',
  'https://shop.example@evil.example': 'refused',
  'https://evil.example/shop.example': 'refused',
  'https://evil.example?shop.example': 'refused',
  'https://evil.example#shop.example': 'refused',
  'http://127.0.0.1': 'refused',
  'http://localhost': 'refused',
  'shop.example': 'refused',
  null: 'refused',
  '': 'refused',
}

/** The sockets of all applications, with what opens each. */
const sockets = ({ tokens }: World): Record<string, Record<string, string>> => ({
  '/socket': {},
  '/auth_socket': { token: tokens.user.good },
  '/stats_socket': {},
  '/product_socket': {},
  '/admin_socket': { token: tokens.admin.good },
  '/spa_socket': {},
  '/live': {},
})

const versions: Record<string, 'allowed' | 'refused'> = {
  '2.0.0': 'allowed',
  '1.0.0': 'allowed',
  '3.0.0': 'refused',
  '20.0.0': 'refused',
  '2.1.0': 'refused',
  '12.0.0': 'refused',
  '2': 'refused',
}

/** Who may connect from which page and in which version, at every socket (CH-11, CH-30..CH-33). */
export const socketRows = (world: World): Row[] =>
  Object.entries(sockets(world)).flatMap(([path, query]) => [
    ...originRows(world, path, query),
    ...versionRows(world, path, query),
  ])

const outcome = (expected: 'allowed' | 'refused') => (expected === 'allowed' ? 'allowed' : 'refused with 403')

const socketUrl = ({ home }: World, path: string, query: Record<string, string>) =>
  `${home.directUrl}${path}/websocket?${new URLSearchParams({ vsn: '2.0.0', ...query })}`

function originRows(world: World, path: string, query: Record<string, string>): Row[] {
  const { home, nobody } = world
  const ids = ['CH-30', 'CH-32']
  const url = socketUrl(world, path, query)
  const common = { node: home.name, action: `connect to ${path}` }
  return [
    {
      ...common,
      visitor: 'a client that is no browser',
      expected: 'allowed',
      ids: ['CH-33'],
      attempt: async () => byStatus(await nobody.knock(url)),
    },
    ...Object.entries(origins).map(([origin, expected]) => ({
      ...common,
      visitor: `a page of the origin "${origin}"`,
      expected: outcome(expected),
      ids,
      attempt: async () => byStatus(await nobody.knock(url, { origin })),
    })),
    // Without an upgrade there is no socket, and what is refused is refused all the same.
    ...(['http://shop.example', 'https://evilshop.example'] as const).map((origin) => ({
      ...common,
      visitor: `a plain request of the origin "${origin}"`,
      expected: origins[origin] === 'allowed' ? 'refused with 400' : 'refused with 403',
      ids: ['CH-11', 'CH-30'],
      attempt: async () => byStatus((await nobody.request(url, { headers: { origin } })).status),
    })),
  ]
}

const versionRows = (world: World, path: string, query: Record<string, string>): Row[] =>
  Object.entries(versions).map(([vsn, expected]) => ({
    visitor: `a client of the version ${vsn}`,
    action: `connect to ${path}`,
    node: world.home.name,
    expected: outcome(expected),
    ids: ['CH-11', 'CH-36'],
    attempt: async () => byStatus(await world.nobody.knock(socketUrl(world, path, { ...query, vsn }))),
  }))

/** Which transports there are, and whose sessions a long poll may use (CH-19..CH-23). */
export const pollRows = (world: World): Row[] => [
  ...pollOriginRows(world),
  preflightRow(world),
  ...Object.entries(otherPolls).map(([path, expected]) => ({
    visitor: 'a client with a session of another socket',
    action: `send over a long poll at ${path}`,
    node: world.home.name,
    expected,
    ids: ['CH-20', 'CH-21'],
    async attempt() {
      const query = new URLSearchParams({ vsn: '2.0.0', token: world.tokens.poll.good })
      const { status, body } = await world.nobody.request(`${world.home.directUrl}${path}/longpoll?${query}`, {
        method: 'POST',
        body: JSON.stringify([null, 'beat', 'phoenix', 'heartbeat', {}]),
      })
      return byStatus(status === 200 ? (JSON.parse(body) as { status: number }).status : status)
    },
  })),
]

/** Sockets beside the one whose sessions are used here; those without long polls are no addresses. */
const otherPolls: Record<string, string> = {
  '/auth_socket': 'refused with 404',
  '/stats_socket': 'refused with 404',
  '/product_socket': 'refused with 404',
  '/admin_socket': 'refused with 404',
  '/live': 'refused with 404',
  '/spa_socket': 'refused with 410',
}

/** Sent with a session, so that what is allowed opens no other. */
const pollOriginRows = (world: World): Row[] =>
  Object.entries(origins).flatMap(([origin, expected]) =>
    (['POST', 'GET'] as const)
      .filter((method) => method === 'POST' || expected === 'refused')
      .map((method) => ({
        visitor: `a page of the origin "${origin}"`,
        action: method === 'POST' ? 'send over a long poll' : 'poll',
        node: world.home.name,
        expected: outcome(expected),
        ids: ['CH-20', 'CH-30'],
        attempt: () => pollOf(world, method, origin),
      })),
  )

const tokenHeader = 'x-phoenix-longpoll-token'

/** What a browser asks before it lets a page send a header of its own to another host. */
const preflightRow = ({ home, nobody }: World): Row => ({
  visitor: 'a browser that asks for a page of another host',
  action: 'send over a long poll with the token in a header',
  node: home.name,
  expected: 'allowed',
  ids: ['CH-20'],
  async attempt() {
    const asked = { origin: 'https://shop.example', 'access-control-request-headers': tokenHeader }
    const url = `${home.directUrl}${pollPath}`
    const { status, headers } = await nobody.request(url, { method: 'OPTIONS', headers: asked })
    const methods = String(headers['access-control-allow-methods']).split(', ')
    const maySend = headers['access-control-allow-headers'] === tokenHeader && methods.includes('post')
    return isReadable(headers) && maySend ? byStatus(status) : 'refused by the browser'
  },
})

/** Without this header a browser hides the answer from a page of another host. */
const isReadable = (headers: HttpAnswer['headers']) => headers['access-control-allow-origin'] === '*'

async function pollOf({ home, nobody, tokens }: World, method: 'GET' | 'POST', origin: string) {
  const beat = JSON.stringify([null, 'beat', 'phoenix', 'heartbeat', {}])
  const { body, headers } = await nobody.request(`${home.directUrl}${pollPath}&token=${tokens.poll.other}`, {
    method,
    headers: { origin },
    ...(method === 'POST' && { body: beat }),
  })
  const seen = byStatus((JSON.parse(body) as { status: number }).status)
  return isReadable(headers) ? seen : `${seen}, and the answer was hidden from it`
}
