import {
  createVisitor,
  joinedTopics,
  nodesAgreeWithDatabase,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { mustBe, openDashboard, openShop, otherAddress, theDashboard, theTab, tokenOf } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const adminSocket = '/admin_socket/websocket'
const attemptsMax = 12
const guessesFrom = '127.0.0.11'
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

export default scenario({
  id: 'presence/admin-access',
  title: 'who may see the dashboard, and who may not',
  invariant:
    'Without the password nobody gets the page, without its token nobody the socket, guessing is limited, shoppers cannot join its topic, and no door of the tests is open.',
  covers: ['PA-31', 'PA-32', 'PA-33', 'PA-34', 'PA-35', 'PA-36', 'PA-45', 'ST-20', 'DF-32', 'DF-33', 'FI-16', 'NF-20'],
  tags: ['browser'],
  given: { nodes: 1, env: { ADMIN_ATTEMPTS: String(attemptsMax) } },
  steps: [
    step('a shopper is there', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('ask for the page with all kinds of credentials', async (context) => {
      const url = `${context.cluster.node('n1').directUrl}/admin`
      const logins: Record<string, [headers: Record<string, string>, expected: number]> = {
        none: [{}, 401],
        'wrong password': [basic('admin', 'wrong'), 401],
        'wrong user': [basic('root', 'password'), 401],
        'no password': [basic('admin', ''), 401],
        'not even base64': [{ authorization: 'Basic ???' }, 401],
        'another scheme': [{ authorization: 'Bearer password' }, 401],
        right: [basic('admin', 'password'), 200],
      }
      for (const [what, [headers, expected]] of Object.entries(logins)) {
        const { status, headers: answer } = await fetch(url, { headers })
        if (status !== expected) context.scratch.set('wrong login', `${what}: ${status} instead of ${expected}`)
        if (status === 401 && !/^basic /i.test(answer.get('www-authenticate') ?? ''))
          context.scratch.set('wrong login', `${what}: no challenge`)
      }
    }),
    step('open its socket with all kinds of tokens', async (context) => {
      const page = await openDashboard(context, 'boss', 'n1')
      const good = await page.page.evaluate(() => (window as unknown as { adminToken: string }).adminToken)
      const cart = await storedCart(context)
      const tokens: Record<string, [query: Record<string, string>, expected: number]> = {
        none: [{}, 403],
        garbage: [{ token: 'garbage' }, 403],
        "a user's": [{ token: await tokenOf(context, 'n1', 1) }, 403],
        "a cart's": [{ token: cart }, 403],
        'the right one': [{ token: good }, 101],
      }
      for (const [what, [query, expected]] of Object.entries(tokens)) {
        const { status } = await context.wire(`token-${what.replaceAll(/\W/g, '-')}`, 'n1', {
          path: adminSocket,
          query,
        })
        if (status !== expected) context.scratch.set('wrong token', `${what}: ${status} instead of ${expected}`)
      }
    }),
    step('join the topic as a shopper', async (context) => {
      const shopper = await context.wire('shopper', 'n1', { path: '/product_socket/websocket' })
      shopper.send(['1', '1', 'admin:cart_tracker', 'phx_join', {}])
      const [, , , , answer] = await shopper.receive('an answer', ([, ref]) => ref === '1')
      context.scratch.set('shopper joined', (answer as { status: string }).status)
    }),
    step('look for a door of the tests', async (context) => {
      const { directUrl } = context.cluster.node('n1')
      const body = JSON.stringify({ item_id: 1, available_count: 12_345 })
      const headers = { 'content-type': 'application/json' }
      context.scratch.set(
        'test door',
        (await fetch(`${directUrl}/test/stock`, { method: 'POST', headers, body })).status,
      )
    }),
    step('guess', async (context) => {
      const n1 = context.cluster.node('n1')
      // From an address of its own: whoever reads the pages in the end has not guessed.
      const from = otherAddress(n1, guessesFrom)
      if (from === undefined) return
      const guesser = createVisitor({ name: 'guesser', recorder: context.recorder })
      const statuses: number[] = []
      for (let n = 0; n < attemptsMax + 3; n += 1)
        statuses.push(
          (await guesser.request(`${n1.directUrl}/admin`, { from, headers: basic('admin', `guess ${n}`) })).status,
        )
      context.scratch.set('last guess', statuses.at(-1))
      guesser.leave()
    }),
  ],
  expectations: [
    after(2, 'only the right ones open it', async (context) =>
      mustBe(context.scratch.get('wrong login'), undefined, 'a login'),
    ),
    after(3, 'only its own token opens it', async (context) =>
      mustBe(context.scratch.get('wrong token'), undefined, 'a token'),
    ),
    after(3, 'the page has what it needs, and nothing of a shopper', async (context) => {
      const found = await theDashboard(context, 'boss').page.evaluate(readAdminPage)
      mustBe(
        found,
        { container: true, heading: 'Admin Dashboard', presence: true, cart: false, cartId: false },
        'the page',
      )
    }),
    after(3, 'the refusals are in the log', async (context) => {
      const log = context.cluster.node('n1').log()
      for (const words of [
        'AdminSocket connect error missing params',
        'AdminSocket connect error :invalid',
        'wrong user or password',
      ])
        if (!log.includes(words)) throw new Error(`the log does not say "${words}"`)
    }),
    after(4, 'the topic is not for shoppers', async (context) =>
      mustBe(context.scratch.get('shopper joined'), 'error', 'the join'),
    ),
    after(5, 'there is none', async (context) => mustBe(context.scratch.get('test door'), 404, 'the answer')),
    after(6, 'guessing is stopped', async ({ scratch }) => {
      if (scratch.has('last guess')) mustBe(scratch.get('last guess'), 429, 'the last guess')
    }),
  ],
  checkers: [joinedTopics, nodesAgreeWithDatabase],
})

/** The signed cart of the shopper. */
const storedCart = (context: ScenarioContext<'store'>) =>
  theTab(context, 'alice').page.evaluate(() => localStorage.getItem('storedCart') ?? '')

/** Runs in the page. */
function readAdminPage() {
  return {
    container: document.querySelector('.admin-container') !== null,
    heading: document.querySelector('h1')?.textContent,
    presence: 'presence' in window,
    cart: document.getElementById('cart-container') !== null,
    cartId: 'cartId' in window,
  }
}
