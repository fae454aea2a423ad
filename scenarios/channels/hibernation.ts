import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor()

const idleMs = 300
/** A busy machine may let a round of hibernation wait. */
const withinMs = 10_000
const people = ['ann', 'ben', 'cleo'] as const
const topic = 'ping:nap'
const name = `PingChannel:${topic}`

export default scenario({
  id: 'channels/hibernation',
  title: 'channels that nobody needs for a while',
  invariant:
    'Channels without a message hibernate after their idle time; the next push wakes the one that it is for, which answers it, and broadcasts arrive at all of them.',
  covers: ['RT-64', 'RT-66'],
  given: { nodes: 1, env: { CHANNEL_HIBERNATE_AFTER_MS: String(idleMs) } },
  steps: [
    step('three join and say nothing more', async (context) => {
      for (const person of people) await (await context.client(person, 'n1')).join(topic)
    }),
    step('one of them asks for something', async (context) => {
      const handledBefore = await handledNow(context)
      const { status } = await (await context.client('ann', 'n1')).ask(topic, 'ping', {})
      const woken = (await handledNow(context)).filter((count, index) => count > handledBefore[index]!).length
      context.scratch.set('status', status).set('woken', woken)
    }),
    step('something is said to all of them', async (context) => {
      for (let n = 0; n < 3; n += 1) await context.publish('n1', topic)
      context.scratch.set('hibernate', await hibernateNow(context))
    }),
  ],
  expectations: [
    after(1, 'all of them hibernate', allHibernate),
    after(2, 'it was answered, and no other channel was woken', async ({ scratch }) => {
      if (scratch.get('status') !== 'ok') throw new Error(`the answer was ${scratch.get('status')}`)
      if (scratch.get('woken') !== 1) throw new Error(`${scratch.get('woken')} channels were woken`)
    }),
    after(2, 'it hibernates again', allHibernate),
    after(3, 'broadcasts need no channel to wake', async ({ scratch }) => {
      if (scratch.get('hibernate') !== people.length)
        throw new Error(`${scratch.get('hibernate')} of ${people.length} channels hibernate`)
    }),
  ],
  checkers: [joinedTopics],
})

const channelsNow = async ({ cluster }: ScenarioContext) =>
  (await cluster.node('n1').control.actors()).filter((actor) => actor.name === name)

const handledNow = async (context: ScenarioContext) => (await channelsNow(context)).map(({ handled }) => handled)

const hibernateNow = async (context: ScenarioContext) =>
  (await channelsNow(context)).filter(({ hibernated }) => hibernated).length

async function allHibernate(context: ScenarioContext) {
  const isSo = async () => (await hibernateNow(context)) === people.length
  await context.until('all channels hibernate', withinMs, isSo).catch(async () => {
    throw new Error(`${await hibernateNow(context)} of ${people.length} channels hibernate`)
  })
}
