import type { HttpAnswer } from '../../harness/index.ts'
import { byStatus, type Row } from './row.ts'
import { dataOf, lookalikes, mint, type Purpose, purposeNames, purposes, skewMaxS } from './tokens.ts'
import { cartIdIn, itemId, joinCart, pollPath, saltOf, type World } from './world.ts'

/** A door that a token opens. */
interface Door {
  action: string
  /** How a bad token is refused. */
  refusal: string
  ids: readonly string[]
  open(world: World, url: string, token: string): Promise<string>
}

const socketDoor = (path: string, ids: readonly string[]): Door => ({
  action: `connect to ${path}`,
  refusal: 'refused with 403',
  ids,
  open: async ({ nobody }, url, token) =>
    byStatus(await nobody.knock(`${url}${path}/websocket?${new URLSearchParams({ vsn: '2.0.0', token })}`)),
})

const doors: Record<Purpose, Door> = {
  user: socketDoor('/auth_socket', ['CH-12', 'CH-83', 'CH-84', 'CH-124']),
  admin: socketDoor('/admin_socket', ['CH-84', 'PA-34', 'PA-35']),
  cart: { action: 'restore a cart', refusal: 'refused', ids: ['CH-84', 'CT-11', 'CT-13'], open: restoreCart },
  session: { action: 'go on with a session', refusal: 'refused', ids: ['CH-84', 'CT-16'], open: openSession },
  poll: { action: 'send over a long poll', refusal: 'refused with 410', ids: ['CH-20', 'CH-84'], open: sendOverPoll },
}

/** A cart that cannot be read is an empty cart. */
async function restoreCart({ visitorOf }: World, url: string, token: string) {
  const visitor = visitorOf('restorer')
  const { line, itemIds } = await joinCart(url, { visitor, cartId: freshCartId() }, { serialized: token })
  line.close()
  return itemIds.includes(itemId) ? 'allowed' : 'refused'
}

let carts = 0
function freshCartId() {
  carts += 1
  return String(carts).padStart(64, 'c')
}

async function openSession({ visitorOf }: World, url: string, token: string) {
  // Whoever holds the cookie of anna is anna, for the search for secrets too.
  return sessionOf(await visitorOf('anna').request(`${url}/checkout`, { headers: { cookie: `_sneakers23=${token}` } }))
}

/** A browser without a good session gets a new one, with a cookie. */
export function sessionOf(answer: HttpAnswer): string {
  if (answer.status !== 200) return byStatus(answer.status)
  return answer.headers['set-cookie'] || !cartIdIn(answer) ? 'refused' : 'allowed'
}

async function sendOverPoll({ nobody }: World, url: string, token: string) {
  const body = JSON.stringify([null, 'beat', 'phoenix', 'heartbeat', {}])
  const answer = await nobody.request(`${url}${pollPath}&${new URLSearchParams({ token })}`, { method: 'POST', body })
  return byStatus((JSON.parse(answer.body) as { status: number }).status)
}

/** What a good token of a purpose says. */
const contentOf = ({ tokens }: World, purpose: Purpose): unknown => dataOf(tokens[purpose].good)

type Try = [visitor: string, purpose: Purpose, token: string, expected: 'allowed' | 'refused']

/** Tokens of every purpose, age and kind of forgery, each made on the first node and tried on the second. */
export function tokenRows(world: World): Row[] {
  const tries = [
    ...otherPurposes(world),
    ...ages(world),
    ...forgeries(world),
    ...otherContents(world),
    ...noToken(),
  ] satisfies Try[]
  return tries.map(([visitor, purpose, token, expected]) => {
    const { action, refusal, ids, open } = doors[purpose]
    return {
      visitor,
      action,
      node: world.away.name,
      expected: expected === 'allowed' ? 'allowed' : refusal,
      ids,
      attempt: () => open(world, world.away.directUrl, token),
    }
  })
}

/** Every token at every door, and at every door what it would like to read, signed for another purpose. */
function otherPurposes(world: World): Try[] {
  const { tokens, users, secrets } = world
  const pairs = purposeNames.flatMap((own) => purposeNames.map((door) => [own, door] as const))
  return [
    ...pairs.map(
      ([own, door]): Try => [
        `a visitor with a token of the purpose ${own}`,
        door,
        tokens[own].good,
        own === door ? 'allowed' : 'refused',
      ],
    ),
    ...pairs.map(
      ([own, door]): Try => [
        `a visitor with the content of a token of the purpose ${door}, signed for the purpose ${own},`,
        door,
        mint({ secret: secrets.keyBase, salt: saltOf(own), data: contentOf(world, door) }),
        own === door ? 'allowed' : 'refused',
      ],
    ),
    ['a user who is called admin', 'admin', users.admin!, 'refused'],
  ]
}

/** Far enough from the border for a slow machine. */
const marginS = 60

function ages(world: World): Try[] {
  const secret = world.secrets.keyBase
  return purposeNames.flatMap((purpose): Try[] => {
    const { salt, ageMaxS } = purposes[purpose]
    const data = contentOf(world, purpose)
    const aged = (ageS: number) => mint({ secret, salt, data, ageS })
    const claiming = (claims: object) => mint({ secret, salt, data, claims: { data, ...claims } })
    return [
      ['a visitor with a token shortly before its end', purpose, aged(ageMaxS - marginS), 'allowed'],
      ['a visitor with a token shortly after its end', purpose, aged(ageMaxS + marginS), 'refused'],
      ['a visitor with a token that is long over', purpose, aged(900 * 86_400), 'refused'],
      ['a visitor with a token of a node whose clock is ahead', purpose, aged(marginS - skewMaxS), 'allowed'],
      ['a visitor with a token of the far future', purpose, aged(-skewMaxS - marginS), 'refused'],
      ['a visitor with a token whose time is in ms', purpose, claiming({ iat: Date.now() }), 'refused'],
      ['a visitor with a token without a time', purpose, claiming({}), 'refused'],
    ]
  })
}

function forgeries(world: World): Try[] {
  const { tokens, secrets } = world
  const bytes = (text: string) => new Uint8Array(Buffer.from(text))
  return purposeNames.flatMap((purpose): Try[] => {
    const salt = saltOf(purpose)
    const data = contentOf(world, purpose)
    const { good, other } = tokens[purpose]
    const forged = {
      ...lookalikes(good, other),
      'a token of another cluster': mint({ secret: 'o'.repeat(96), salt, data }),
      'a token signed with most of the secret': mint({ secret: secrets.keyBase.slice(0, -1), salt, data }),
      'a token signed without a secret': mint({ secret: '', salt, data }),
      'a token signed with the salt': mint({ secret: '', salt, data, key: bytes(salt) }),
    }
    return Object.entries(forged).map(([what, token]) => [
      `a visitor with ${what} of the purpose ${purpose}`,
      purpose,
      token,
      'refused',
    ])
  })
}

/** Good signatures under what is not for this door. */
function otherContents(world: World): Try[] {
  const secret = world.secrets.keyBase
  const place = contentOf(world, 'poll') as { id: string }
  const admins = ['user', 'Admin', 'admin2', 'adm', ['admin'], { admin: true }, null, true]
  return [
    ...admins.map(
      (data): Try => [
        `a visitor with a token of the dashboard that says ${JSON.stringify(data)}`,
        'admin',
        mint({ secret, salt: saltOf('admin'), data }),
        'refused',
      ],
    ),
    ...Object.entries({ path: '/auth_socket', id: `${place.id}0` }).map(
      ([field, value]): Try => [
        `a visitor with a session whose ${field} is another one`,
        'poll',
        mint({ secret, salt: saltOf('poll'), data: { ...place, [field]: value } }),
        'refused',
      ],
    ),
  ]
}

const noToken = (): Try[] =>
  purposeNames.flatMap((purpose) =>
    ['', 'null', 'undefined'].map((token): Try => [`a visitor with the token "${token}"`, purpose, token, 'refused']),
  )
