import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { tokenOf } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const people = { '1': 'n1', '2': 'n2', '3': 'n3' } as const
const soonMs = 10_000

export default scenario({
  id: 'presence/tracked-users',
  title: 'who is there, as every node sees it',
  invariant:
    'Every node lists everybody who is tracked on any node; across a cut each side drops the other in time, and after the healing, a kill and a restart all lists are right again.',
  covers: ['AT-27', 'PA-1', 'PA-3', 'PA-4', 'PA-13', 'PA-14', 'CH-132', 'FI-2', 'FI-3'],
  expectedDurationMs: 18_000,
  given: { env: { TRACKER_DOWN_MS: '3000' }, pubsub: 'mesh' },
  steps: [
    step('a user joins on each node', async (context) => {
      for (const [user, node] of Object.entries(people)) {
        const params = await freshParams(context, Number(user))
        await (await context.client(`user-${user}`, node, { socket: '/auth_socket', params })).join('tracked')
      }
    }),
    step('cut n1 off from the others, both ways', async (context) => {
      const cuts = []
      for (const link of ['n1->n2', 'n1->n3', 'n2->n1', 'n3->n1'])
        cuts.push(await context.nemesis.inject('link.cut', link))
      context.scratch.set('apart', await everybodySees(context, { n1: '1', n2: '2,3', n3: '2,3' }, 12_000))
      for (const cut of cuts) await cut.heal()
    }),
    step('wait until all are one again', async (context) => {
      context.scratch.set('healed', await everybodySees(context, { n1: '1,2,3', n2: '1,2,3', n3: '1,2,3' }, 30_000))
    }),
    step('kill n2', async (context) => {
      await using _killed = await context.nemesis.inject('node.kill', 'n2')
      context.scratch.set('alone', await everybodySees(context, { n1: '1,3', n3: '1,3' }, 12_000))
    }),
    step('its user comes back', async (context) => {
      context.scratch.set('back', await everybodySees(context, { n1: '1,2,3', n2: '1,2,3', n3: '1,2,3' }, 30_000))
    }),
  ],
  expectations: [
    after(1, 'every node lists all three', async (context) => {
      const seen = await everybodySees(context, { n1: '1,2,3', n2: '1,2,3', n3: '1,2,3' }, soonMs)
      if (seen !== 'as it is') throw new Error(seen)
    }),
    ...(['apart', 'healed', 'alone', 'back'] as const).map((note, index) =>
      after(index + 2, 'the lists are right', async (context) => {
        if (context.scratch.get(note) !== 'as it is') throw new Error(String(context.scratch.get(note)))
      }),
    ),
  ],
  checkers: [joinedTopics],
})

/** A token is good for a day, so that one is enough for all connections of a scenario. */
async function freshParams(context: ScenarioContext, user: number) {
  const token = await tokenOf(context, 'n1', user)
  return () => ({ token })
}

/** Asks the users' own channels, until each node's list is what is expected; else answers what it was last. */
async function everybodySees(
  context: ScenarioContext,
  expected: Record<string, string>,
  withinMs: number,
): Promise<string> {
  let last = ''
  const look = async () => {
    const lists = await Promise.all(Object.keys(expected).map((node) => listOn(context, node)))
    last = JSON.stringify(lists)
    return last === JSON.stringify(Object.values(expected))
  }
  return context.until('the lists are right', withinMs, look).then(
    () => 'as it is',
    () => `the lists are ${last}, expected ${Object.values(expected).join(' and ')}`,
  )
}

async function listOn(context: ScenarioContext, node: string): Promise<string> {
  const [user] = Object.entries(people).find(([, home]) => home === node)!
  const { response } = await (await context.client(`user-${user}`, node)).ask('tracked', 'list', {}, 1_000)
  const users = (response as { users?: string[] } | undefined)?.users ?? []
  return users.map(String).sort().join()
}
