import { atMostOnce, joinedTopics, type ScenarioContext, scenariosFor, type WireClient } from '../../harness/index.ts'
import { mustBeConnected, mustHaveHeard, watchingStalls } from '../stalls.ts'
import { listenEverywhere, publishFrom, received } from '../support.ts'

const { scenario, step, after, afterIfPromised } = scenariosFor()

/** More than the kernels, and the proxies on the way, keep for a client that reads nothing, in frames of this size. */
const floodFrames = 300
/** Longer than a busy machine takes. */
const heardWithinMs = 20_000
const stillHearingMs = 3_000
const text = 'x'.repeat(120_000)

export default scenario({
  id: 'channels/slow-reader',
  title: 'a client that does not read',
  invariant:
    'A client stops reading while its topic is busy: the node does not keep its messages without bound but cuts it off and counts it, and nobody else misses anything.',
  covers: ['CH-13', 'RT-66', 'NF-20', 'AM-1', 'AM-3'],
  steps: [
    step('clients listen; one of them reads nothing', async (context) => {
      await listenEverywhere(context)
      const stuck = await context.wire('stuck', 'n1')
      stuck.send(['1', '1', 'ping', 'phx_join', {}])
      await stuck.receive('its join', ([, ref]) => ref === '1')
      stuck.stall()
      context.scratch.set('stuck', stuck)
    }),
    step('flood the topic', async (context) => {
      const { control } = context.cluster.node('n1')
      await watchingStalls(context, 'n2', async () => {
        for (let n = 0; n < floodFrames; n += 1) await control.broadcast('ping', 'flood', { n, text })
      })
      if (!context.cluster.promises.slowReaderIsCut) return
      const cut = context.until('the node cuts it off', 15_000, () => isCutOff(context))
      context.scratch.set(
        'cut',
        await cut.then(
          () => true,
          () => false,
        ),
      )
    }),
    step('publish to the others', (context) => publishFrom(context, ['n1', 'n2', 'n3'], 3)),
  ],
  expectations: [
    afterIfPromised('slowReaderIsCut', 2, 'the node cut it off and counted it', async (context) => {
      if (context.scratch.get('cut') !== true) throw new Error('the node still keeps what nobody reads')
    }),
    after(3, 'the others heard the whole flood', async (context) => {
      nobodyGaveUp(context)
      for (const { name } of context.cluster.nodes) {
        const who = `listener-${name}`
        const heard = () => received(context, who, 'flood').length
        await context.until(`${who} has heard all`, heardWithinMs, () => heard() >= floodFrames).catch(() => {})
        if (heard() < floodFrames && (await isStillHearing(context, heard)))
          context.notReached(`${who} heard ${heard()} of ${floodFrames} within ${heardWithinMs} ms, and hears more`)
        const sentence = `${who} heard ${heard()} of ${floodFrames}`
        mustHaveHeard(context, heard() === floodFrames, (one) => one === who, sentence)
      }
    }),
    after(3, 'nobody else lost the connection', async (context) => {
      nobodyGaveUp(context)
      mustBeConnected(
        context,
        (who) => who !== 'stuck',
        (who) => `${who} was disconnected`,
      )
    }),
  ],
  checkers: [atMostOnce, joinedTopics],
})

/** How soon a system of somebody else's answers a heartbeat in the middle of a flood, nobody says: who did not wait for it misses some. */
function nobodyGaveUp({ cluster, recorder, notReached }: ScenarioContext) {
  if (cluster.env) return
  const hasGivenUp = ({ operation, value }: { operation?: string; value?: unknown }) =>
    operation === 'socket' && (value as { closedBy?: string }).closedBy === 'heartbeat'
  const who = recorder.events.find(hasGivenUp)?.who
  if (who !== undefined) notReached(`${who} gave up its connection: its heartbeat was not answered in time`)
}

/** A network that is slow is no reason to call lost what is still coming. */
async function isStillHearing({ clock }: ScenarioContext, heard: () => number): Promise<boolean> {
  const before = heard()
  await clock.sleep(stillHearingMs)
  return heard() > before
}

/** Our nodes count it; of any other the client itself finds out, once it reads again. */
async function isCutOff({ cluster, scratch }: ScenarioContext): Promise<boolean> {
  const { control, shows } = cluster.node('n1')
  const counted = shows.state ? (await control.state()).counters?.tooSlow : undefined
  if (counted !== undefined) return counted === 1
  const stuck = scratch.get('stuck') as WireClient
  stuck.resume()
  return stuck.closedWith() !== undefined
}
