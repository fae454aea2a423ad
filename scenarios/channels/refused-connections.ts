import { createHmac, hkdfSync } from 'node:crypto'
import { type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { tokenOf } from '../support.ts'

const { scenario, step, after, afterIfPromised } = scenariosFor()

const authPath = '/auth_socket/websocket'

export default scenario({
  id: 'channels/refused-connections',
  title: 'who may connect, and who may not',
  invariant:
    'Without a good token, from a foreign page or with a token of another purpose nobody connects, every refusal is in the log without the token, and everybody else connects.',
  covers: [
    'AT-41',
    'CH-11',
    'CH-12',
    'CH-30',
    'CH-33',
    'CH-82',
    'CH-83',
    'CH-84',
    'CH-86',
    'CH-95',
    'CH-85',
    'CH-125',
    'FI-16',
    'DP-41',
    'DF-13',
    'DF-22',
    'DF-23',
    'DF-24',
    'DF-26',
    'DF-28',
    'DF-29',
    'DF-30',
  ],
  given: { nodes: 1 },
  steps: [
    step('try every door', async (context) => {
      const token = await tokenOf(context, 'n1', 1)
      const { origin } = context.cluster.node('n1')
      const { checksOrigin, longPolls, refusesUnknownVersions } = context.cluster.promises
      const attempts: Record<string, Attempt> = {
        ...(checksOrigin && {
          'the page of the shop itself': [101, { headers: { origin } }],
          'a page of another site': [403, { headers: { origin: 'http://evil.example' } }],
        }),
        'no token': [403, { path: authPath }],
        nonsense: [403, { path: authPath, query: { token: 'nonsense' } }],
        'a token with one letter changed': [403, { path: authPath, query: { token: changed(token) } }],
        ...(longPolls && {
          'a token of another purpose': [403, { path: authPath, query: { token: await pollToken(context) } }],
        }),
        'a token signed with a secret that everybody knows': [403, { path: authPath, query: { token: forged() } }],
        'a good token': [101, { path: authPath, query: { token } }],
        ...(refusesUnknownVersions && { 'a version that nobody speaks': [403, { query: { vsn: '9.0.0' } }] }),
      }
      context.scratch.set('token', token)
      for (const [what, [expected, specs]] of Object.entries(attempts)) {
        const { status } = await context.wire(what.replaceAll(' ', '-'), 'n1', specs)
        if (!isAsExpected(context, status, expected))
          context.scratch.set('wrong', `${what}: ${status} instead of ${expected}`)
      }
    }),
    step('join a private topic without being anybody', async (context) => {
      const nobody = await context.wire('nobody', 'n1')
      nobody.send(['1', '1', 'user:1', 'phx_join', {}])
      const [, , , , payload] = await nobody.receive('an answer', ([, ref]) => ref === '1')
      context.scratch.set('private', (payload as { status: string }).status)
    }),
    step('ask for a phrase to be acknowledged', async (context) => {
      const client = await context.client('carol', 'n1')
      await client.join('ping')
      context.scratch.set('ack', await client.push('ping', 'ping', { ack_phrase: 'hooray' }))
    }),
  ],
  expectations: [
    after(1, 'every door let the right ones in', async (context) => {
      if (context.scratch.has('wrong')) throw new Error(String(context.scratch.get('wrong')))
    }),
    afterIfPromised('logsRefusals', 1, 'every refusal is in the log, and no token is', async (context) => {
      const { log } = context.cluster.node('n1')
      for (const reason of ['missing params', ':invalid', 'origin not allowed', 'unsupported vsn']) {
        const said = context.until(reason, 15_000, () => log().includes(`connect error ${reason}`))
        await said.catch(() => {
          throw new Error(`the log does not say "connect error ${reason}"`)
        })
      }
      if (log().includes(String(context.scratch.get('token')))) throw new Error('the log holds a token')
    }),
    afterIfPromised('tokensHoldOnlyTheUser', 1, 'the token tells nothing but who somebody is', async (context) => {
      const [, body = ''] = String(context.scratch.get('token')).split('.')
      const { data } = JSON.parse(Buffer.from(body, 'base64url').toString()) as { data: unknown }
      if (typeof data === 'object') throw new Error(`the token holds ${Object.keys(data as object).join(', ')}`)
    }),
    after(2, 'the private topic is not for nobody', async (context) => {
      if (context.scratch.get('private') !== 'error')
        throw new Error(`the join was answered ${context.scratch.get('private')}`)
    }),
    after(3, 'the special handler answered', async (context) => {
      const said = JSON.stringify(context.scratch.get('ack'))
      if (said !== '{"ping":"hooray"}') throw new Error(`it was answered ${said}`)
    }),
  ],
})

type Attempt = [expected: number, Parameters<ScenarioContext['wire']>[2]]

/** What is refused is refused with 403 by Phoenix; others have other words for it. */
const isAsExpected = ({ cluster }: ScenarioContext, status: number, expected: number) =>
  status === expected || (expected === 403 && !cluster.promises.refusalReasons && status >= 400 && status < 500)

/** Still a token by its looks: one letter in the middle of its signature is another. */
function changed(token: string): string {
  const at = token.length - 10
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}

/** As somebody makes it who has read the repository and knows how tokens are signed. */
function forged(): string {
  const secret = 'a secret that everybody can read in the repository'
  const key = Buffer.from(hkdfSync('sha256', secret, 'salt identifier', 'signed token', 32))
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256' })}.${part({ data: '1', iat: Math.floor(Date.now() / 1_000) })}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

/** What names a long-poll session: signed by the same server, for another purpose. */
async function pollToken(context: ScenarioContext): Promise<string> {
  return (await context.poll('polling', 'n1')).token
}
