import { after, atMostOnce, type Cast, joinedTopics, scenario, step } from '../../harness/index.ts'
import { publishFrom } from '../support.ts'

const people = ['dora', 'emil', 'fay'] as const
const times = 5

const heardBy = (cast: Cast, who: string) =>
  cast.recorder.events.filter((one) => one.type === 'receive' && one.who === who && one.event === 'ledger').length

export default scenario({
  id: 'channels/poor-networks',
  title: 'narrow, lossy and mobile networks delay news and lose none',
  define:
    'Clients behind a narrow link, a link that loses packets, and a mobile network get every message once and in order, and keep their connections.',
  covers: ['FI-4', 'CH-9', 'AM-1', 'AM-3', 'AM-6'],
  steps: [
    step('three clients listen', async (cast) => {
      for (const name of people) await (await cast.client(name, 'n1')).join('ping')
    }),
    step('make the network of each of them poor in another way, and publish', async (cast) => {
      await Promise.all([
        cast.nemesis.inject('link.bandwidth', 'dora->n1', { rateKiBps: 24 }),
        cast.nemesis.inject('link.loss', 'emil->n1', { lossPercent: 10, stallMs: 400 }),
        cast.nemesis.inject('link.poor', 'fay->n1', { network: 'mobile-3g' }),
      ])
      await publishFrom(cast, ['n1', 'n2'], times)
    }),
  ],
  expectations: [
    after(2, 'everybody gets everything while the networks are poor', (cast) =>
      cast.until('all messages are there', 6_000, () => people.every((who) => heardBy(cast, who) === 2 * times)),
    ),
    after(2, 'nobody was disconnected', async (cast) => {
      const lost = cast.recorder.events.filter(({ type }) => type === 'disconnect').map(({ who }) => who)
      if (lost.length > 0) throw new Error(`disconnected: ${lost.join(', ')}`)
    }),
  ],
  laws: [atMostOnce, joinedTopics],
})
