import { accessAsStated, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { otherAddress } from '../support.ts'
import { cartSequence, disconnectSequence, hearingRows, pollSequence, refSequence } from './hearing-rows.ts'
import { liveRows, liveSalt } from './live-rows.ts'
import { controlRows, limitSequences, meshRows } from './node-rows.ts'
import { helloRows, loginRows, pageSequences } from './page-rows.ts'
import { independent, tryAll } from './row.ts'
import { shopSequences } from './shop-rows.ts'
import { pollRows, publicHost, socketRows } from './socket-rows.ts'
import { tokenRows } from './token-rows.ts'
import { topicSequences } from './topic-rows.ts'
import { arrive, productId, type World } from './world.ts'

const { scenario, step } = scenariosFor('store')

const plenty = 20
/** More than the wrong logins of the table that come from one address. */
const attemptsMax = 12

export default scenario({
  id: 'access/every-door',
  title: 'who may do what, with every credential at every door',
  invariant:
    'Each row of the table of access is answered as it states: right keys open their own doors on every node, and similar ones, those of others, old ones and forged ones open none.',
  covers: [
    'CH-8',
    'CH-11',
    'CH-12',
    'CH-21',
    'CH-30',
    'CH-32',
    'CH-33',
    'CH-34',
    'CH-35',
    'CH-37',
    'CH-45',
    'CH-46',
    'CH-50',
    'CH-82',
    'CH-83',
    'CH-84',
    'CH-87',
    'CH-88',
    'CH-90',
    'CH-92',
    'CH-124',
    'CH-126',
    'CH-131',
    'CH-133',
    'CT-11',
    'CT-13',
    'CT-14',
    'CT-16',
    'CT-18',
    'CT-30',
    'CT-53',
    'CT-58',
    'PA-31',
    'PA-34',
    'PA-35',
    'PA-36',
    'LV-10',
    'LV-11',
    'DP-10',
    'FI-16',
    'NF-20',
    'NF-22',
  ],
  given: {
    nodes: 2,
    pubsub: 'mesh',
    stock: { 1: plenty, 2: plenty, 3: plenty },
    env: { PUBLIC_HOST: publicHost, ADMIN_ATTEMPTS: String(attemptsMax), STORE_LIVE_SALT: liveSalt },
  },
  steps: [
    step('visitors arrive with their credentials', async (context) => {
      await context.release('n1', productId)
      context.scratch.set('world', await arrive(context))
    }),
    step('tokens of every purpose, age and forgery', (context) =>
      tryAll(context, independent(tokenRows(worldOf(context)))),
    ),
    step('origins, versions and transports at every socket', (context) =>
      tryAll(context, independent([...socketRows(worldOf(context)), ...pollRows(worldOf(context))])),
    ),
    step('topics, messages and references', (context) => {
      const world = worldOf(context)
      return tryAll(context, [
        hearingRows(world),
        cartSequence(world),
        refSequence(world),
        pollSequence(world),
        ...topicSequences(world),
      ])
    }),
    step('one user is disconnected', (context) => tryAll(context, [disconnectSequence(worldOf(context))])),
    step('pages, forms and orders', async (context) => {
      const world = worldOf(context)
      const rows = [...helloRows(world), ...(await liveRows(world))]
      await tryAll(context, [...pageSequences(world), ...shopSequences(world), ...independent(rows)])
    }),
    step('the pages and ports of those who run it', async (context) => {
      const world = worldOf(context)
      const rows = [...controlRows(world), ...(await meshRows(world)), ...loginRows(world, addressFor(world))]
      await tryAll(context, [...independent(rows), ...(addressFor(world) ? limitSequences(world, attemptsMax) : [])])
      await world.leave()
    }),
  ],
  expectations: [],
  checkers: [accessAsStated],
})

const worldOf = (context: ScenarioContext) => context.scratch.get('world') as World

const addressFor = ({ home }: World) => otherAddress(home, '127.0.0.10')
