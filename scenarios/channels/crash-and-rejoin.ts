import { atMostOnce, joinedTopics, scenariosFor } from '../../harness/index.ts'
import { mustBeConnected, watchingStalls } from '../stalls.ts'
import { listenEverywhere, publishFrom } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const withinMs = 1_500

export default scenario({
  id: 'channels/crash-and-rejoin',
  title: 'a channel crashes under its client',
  invariant:
    'An event that nobody handles ends one channel: its client is told, the push times out, the topic is joined again by itself, and nobody else notices.',
  covers: ['AT-42', 'CH-59', 'CH-69', 'CH-101', 'CH-108', 'CH-109', 'NF-1', 'DF-9', 'DF-10', 'DF-11'],
  steps: [
    step('clients listen; one of them on two topics', async (context) => {
      await listenEverywhere(context)
      await (await context.client('listener-n1', 'n1')).join('ping:other')
      await publishFrom(context, ['n1', 'n2'], 3)
    }),
    step('push an event that nobody handles', async (context) => {
      const client = await context.client('listener-n1', 'n1')
      context.provoke('an event that nobody handles crashes the channel', [client.name])
      const push = () => client.ask('ping', 'invalid', {}, withinMs)
      context.scratch.set('hook', (await watchingStalls(context, 'n1', push)).status)
    }),
    step('publish when the topic is joined again', async (context) => {
      const client = await context.client('listener-n1', 'n1')
      await context.until('the client is joined again', 5_000, () => client.joins().joined.length === 2)
      await publishFrom(context, ['n1', 'n2'], 3)
    }),
  ],
  expectations: [
    after(2, 'nobody lost a connection', async (context) => {
      mustBeConnected(
        context,
        () => true,
        (who) => `${who} was disconnected`,
      )
    }),
    after(2, 'the push timed out and was not refused', async (context) => {
      if (context.scratch.get('hook') !== 'timeout') throw new Error(`the hook ${context.scratch.get('hook')} ran`)
    }),
    after(2, 'the client was told that its channel crashed', async (context) => {
      const told = context.recorder.events.some(({ who, event }) => who === 'listener-n1' && event === 'phx_error')
      if (!told) throw new Error('no phx_error came')
    }),
  ],
  checkers: [atMostOnce, joinedTopics],
})
