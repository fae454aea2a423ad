import { createHmac } from 'node:crypto'
import { byStatus, type Row, type Sequence } from './row.ts'
import { basic, rightLogin, type World } from './world.ts'

const ids = { control: ['FI-16', 'NF-20', 'DP-43'], mesh: ['DP-10', 'FI-16'] }

/** The control port: everything on it needs the secret, all of it and nothing more. */
export const controlRows = (world: World): Row[] => [...secretRows(world), ...pathRows(world), ...webRows(world)]

function secretRows({ secrets: { control, keyBase, cluster }, away, nobody, tokens }: World): Row[] {
  const headers: Record<string, [authorization: string | undefined, expected: string]> = {
    'an operator': [`Bearer ${control}`, 'allowed'],
    'somebody without a secret': [undefined, 'refused with 401'],
    'somebody with an empty header': ['', 'refused with 401'],
    'somebody with no more than the scheme': ['Bearer', 'refused with 401'],
    'somebody with the scheme and a space': ['Bearer ', 'refused with 401'],
    'somebody with "undefined"': ['Bearer undefined', 'refused with 401'],
    'somebody with the secret without the scheme': [control, 'refused with 401'],
    'somebody with the secret under another scheme': [`Basic ${control}`, 'refused with 401'],
    'somebody with the first letter of the secret': [`Bearer ${control.slice(0, 1)}`, 'refused with 401'],
    'somebody with most of the secret': [`Bearer ${control.slice(0, -1)}`, 'refused with 401'],
    'somebody with more than the secret': [`Bearer ${control}0`, 'refused with 401'],
    'somebody with the secret twice': [`Bearer ${control} Bearer ${control}`, 'refused with 401'],
    'somebody with the secret in capitals': [`Bearer ${control.toUpperCase()}`, 'refused with 401'],
    'somebody with a secret of the same length': [`Bearer ${'0'.repeat(control.length)}`, 'refused with 401'],
    'somebody with another first letter': [`Bearer ${other(control, 0)}`, 'refused with 401'],
    'somebody with another last letter': [`Bearer ${other(control, control.length - 1)}`, 'refused with 401'],
    'somebody with the secret of the cluster': [`Bearer ${cluster}`, 'refused with 401'],
    'somebody with the secret of the tokens': [`Bearer ${keyBase}`, 'refused with 401'],
    'somebody who runs the shop': [rightLogin.authorization, 'refused with 401'],
    'somebody with the token of the dashboard': [`Bearer ${tokens.admin.good}`, 'refused with 401'],
  }
  return Object.entries(headers).map(([visitor, [authorization, expected]]) => ({
    visitor,
    action: 'ask the control port for the state',
    node: away.name,
    expected,
    ids: ids.control,
    attempt: async () =>
      byStatus(
        (
          await nobody.request(`http://127.0.0.1:${away.controlPort}/state`, {
            headers: authorization === undefined ? {} : { authorization },
          })
        ).status,
      ),
  }))
}

const other = (text: string, at: number) => `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`

const questions = ['overview', 'actors', 'actor', 'tree', 'network', 'tables', 'system']
const inspector = questions.map((name) => `/observer/${name}`)
const reads = ['/health', '/ready', '/state', '/actors', '/', '/nowhere', ...inspector]
const writes = [
  '/actors/kill',
  '/observer/kill',
  '/workloads/looping-actors',
  '/connections/drop',
  '/broadcast',
  '/delay',
  '/clock',
  '/messages',
  '/memory',
  '/block',
  '/release',
  '/sell',
  '/reduce',
  '/notify/release',
  '/notify/stock',
  '/pipeline/push',
]

/** Every path, without the secret and with a wrong one. */
const pathRows = ({ home, nobody, secrets }: World): Row[] =>
  [...reads.map((path) => ['GET', path] as const), ...writes.map((path) => ['POST', path] as const)].flatMap(
    ([method, path]) =>
      [undefined, `Bearer ${secrets.control.slice(0, -1)}`].map((authorization) => ({
        visitor: authorization === undefined ? 'somebody without a secret' : 'somebody with most of the secret',
        action: `${method} ${path} at the control port`,
        node: home.name,
        expected: 'refused with 401',
        ids: ids.control,
        attempt: async () =>
          byStatus(
            (
              await nobody.request(`http://127.0.0.1:${home.controlPort}${path}`, {
                method,
                headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
                ...(method === 'POST' && { body: '{}' }),
              })
            ).status,
          ),
      })),
  )

/** Nothing of it is on the port of the shop, also not for those who know the secret (DF-33). */
const webRows = ({ home, nobody, secrets }: World): Row[] =>
  [
    ...['/health', '/ready', '/state', '/actors', '/observer', ...inspector, '/test/stock'].map(
      (path) => ['GET', path] as const,
    ),
    ...[...writes, '/test/stock'].map((path) => ['POST', path] as const),
  ].map(([method, path]) => ({
    visitor: 'an operator',
    action: `${method} ${path} at the port of the shop`,
    node: home.name,
    expected: 'refused with 404',
    ids: [...ids.control, 'ST-20'],
    attempt: async () =>
      byStatus(
        (
          await nobody.request(`${home.directUrl}${path}`, {
            method,
            headers: {
              authorization: `Bearer ${secrets.control}`,
              'content-type': 'application/x-www-form-urlencoded',
            },
            ...(method === 'POST' && { body: 'x=1' }),
          })
        ).status,
      ),
  }))

/** The port where nodes talk: who proves that it knows the secret for its own name and nonce (DP-10). */
export async function meshRows({ context, secrets: { cluster, control }, away, nobody }: World): Promise<Row[]> {
  const { url } = await context.cluster.links.link('n1', 'n2')
  const proofOf = (secret: string, name: string, nonce: string, purpose = 'mesh') =>
    createHmac('sha256', secret).update(`${purpose}:${name}:${nonce}`).digest('hex')
  const good = proofOf(cluster, 'x1', 'nonce-1')
  const proofs: Record<string, [proof: string | undefined, expected: string, name?: string, nonce?: string]> = {
    'a peer': [good, 'allowed'],
    'a peer with a nonce of another length': [proofOf(cluster, 'x1', 'n'), 'allowed', 'x1', 'n'],
    'a stranger without a proof': [undefined, 'refused with 401'],
    'a stranger with an empty proof': ['', 'refused with 401'],
    'a stranger with the proof of another name': [good, 'refused with 401', 'x2'],
    'a stranger with the proof of another nonce': [good, 'refused with 401', 'x1', 'nonce-2'],
    'a stranger with most of a proof': [good.slice(0, -1), 'refused with 401'],
    'a stranger with the begin of a proof': [good.slice(0, 8), 'refused with 401'],
    'a stranger with more than a proof': [`${good}0`, 'refused with 401'],
    'a stranger with another last letter': [other(good, good.length - 1), 'refused with 401'],
    'a stranger with a proof of the same length': ['0'.repeat(good.length), 'refused with 401'],
    'a stranger who knows another secret': [proofOf(control, 'x1', 'nonce-1'), 'refused with 401'],
    'a stranger with a proof for another purpose': [proofOf(cluster, 'x1', 'nonce-1', 'control'), 'refused with 401'],
    'a stranger who sends the secret itself': [cluster, 'refused with 401'],
  }
  return Object.entries(proofs).map(([visitor, [proof, expected, name = 'x1', nonce = 'nonce-1']]) => ({
    visitor,
    action: 'join the cluster',
    node: away.name,
    expected,
    ids: ids.mesh,
    attempt: async () =>
      byStatus(
        await nobody.knock(`${url}/mesh`, {
          'x-node': name,
          'x-nonce': nonce,
          ...(proof !== undefined && { 'x-proof': proof }),
        }),
      ),
  }))
}

/** Wrong passwords are counted for a minute. */
const windowS = 60
const momentMs = 1_100

/**
 * Guessing the password is limited for each address, whatever the name, and for nobody else. Without addresses to choose from there is
 * nothing to try (PA-31).
 */
export function limitSequences({ context, away, visitorOf }: World, attemptsMax: number): Sequence[] {
  const boss = visitorOf('boss')
  const login = async (from: string, headers: Record<string, string>, more: Record<string, string> = {}) =>
    byStatus((await boss.request(`${away.directUrl}/admin`, { from, headers: { ...headers, ...more } })).status)
  const wrong = (n: number) => basic('admin', `guess ${n}`)
  const row = (visitor: string, expected: string, attempt: () => Promise<string>): Row => ({
    visitor,
    action: 'load /admin',
    node: away.name,
    expected,
    ids: ['PA-31', 'NF-20'],
    attempt,
  })
  const [guesser, owner, crowd, forgetful] = ['127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.111']
  const guesses = Array.from({ length: attemptsMax }, (_, n) =>
    row(`somebody with the wrong password number ${n + 1} of ${attemptsMax}`, 'refused with 401', () =>
      login(guesser, wrong(n)),
    ),
  )
  return [
    [
      ...guesses,
      row('somebody with one wrong password too many', 'refused with 429', () => login(guesser, wrong(-1))),
      row('somebody who guessed too often, with the right password,', 'refused with 429', () =>
        login(guesser, rightLogin),
      ),
      row('somebody who guessed too often, and is told for how long to wait,', 'refused for a minute', async () => {
        const { headers } = await boss.request(`${away.directUrl}/admin`, { from: guesser, headers: wrong(-3) })
        const waitS = Number(headers['retry-after'])
        return waitS > windowS / 2 && waitS <= windowS
          ? 'refused for a minute'
          : `refused for ${headers['retry-after']} s`
      }),
      row('somebody who guessed too often and waited a moment', 'refused with 429', async () => {
        await context.clock.sleep(momentMs)
        return login(guesser, wrong(-4))
      }),
      row('somebody who guessed too often, with another user,', 'refused with 429', () =>
        login(guesser, basic('root', 'x')),
      ),
      row('somebody who guessed too often and claims another address', 'refused with 429', () =>
        login(guesser, wrong(-2), {
          'x-forwarded-for': '127.0.0.99',
          'x-real-ip': '127.0.0.99',
          forwarded: 'for=127.0.0.99',
        }),
      ),
      row('somebody at another address, with the right password,', 'allowed', () => login(owner, rightLogin)),
      row('somebody at another address, with a wrong password,', 'refused with 401', () => login(forgetful, wrong(1))),
      row('somebody who logs in more often than the limit', 'allowed', async () => {
        for (let n = 0; n < attemptsMax; n += 1) await login(owner, rightLogin)
        return login(owner, rightLogin)
      }),
    ],
    [
      row(
        'somebody who sends twice the limit of wrong passwords at once',
        `refused with 401 ${attemptsMax} times`,
        async () => {
          const all = await Promise.all(Array.from({ length: 2 * attemptsMax }, (_, n) => login(crowd, wrong(n))))
          return `refused with 401 ${all.filter((one) => one === 'refused with 401').length} times`
        },
      ),
    ],
  ]
}
