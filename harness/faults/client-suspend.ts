import type { Cluster } from '../cluster/cluster.ts'
import { systemClock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import { awakeHeardWithinMs, resumedHeardWithinMs, suspendedMs } from '../timing.ts'
import { aTab } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { type Sleeper, seen, unseen, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const linkNameOf = ({ who, node }: Sleeper) => `${who.split('#')[0]}->${node}`
const sentBy = (cluster: Cluster, sleeper: Sleeper) => cluster.links.bytes(linkNameOf(sleeper), 'upstream')

/** A client that is awake is heard: it sends a heartbeat at least. */
function isHeard(cluster: Cluster, sleeper: Sleeper, beforeBytes: number, withinMs: number) {
  return witnessWithin(
    withinMs,
    async () => {
      const bytes = (await sentBy(cluster, sleeper)) - beforeBytes
      return bytes > 0 ? seen(`${sleeper.who} sends again`) : unseen(`${sleeper.who} sends nothing`)
    },
    systemClock,
  )
}

function sleeperOf(target: string, sleepers: readonly Sleeper[]): Sleeper {
  const found = sleepers.find(({ who }) => who === target)
  if (found) return found
  throw new Error(`${target} has no tab; there are those of ${sleepers.map(({ who }) => who).join(', ') || 'nobody'}`)
}

/**
 * As on a machine that goes to sleep: the connection stays open, nothing is said to the server, and no heartbeat passes the link of the
 * tab (FI-5).
 */
export const clientSuspend = defineFault({
  kind: 'client.suspend',
  needs: 'tabs',
  title: 'suspends a tab in the middle of what it does, and resumes it later',
  endsConnections: true,
  aim: aTab,
  options: noOptions,
  create(cluster, target, _options, sleepers) {
    const sleeper = sleeperOf(target, sleepers)
    if (!cluster.links.countsAtOnce)
      throw new NotSupported(
        'a real Toxiproxy counts the bytes of a connection when it ends: nobody can see that a tab falls silent',
      )
    let wasAwake = false
    let asleepBytes = 0
    return {
      async inject() {
        wasAwake = (await isHeard(cluster, sleeper, await sentBy(cluster, sleeper), awakeHeardWithinMs)).seen
        await sleeper.freeze()
      },
      async witnessOn() {
        if (!wasAwake) return unseen(`${target} sent nothing before it was suspended either`)
        return witnessWithin(
          2 * suspendedMs,
          async () => {
            asleepBytes = await sentBy(cluster, sleeper)
            await systemClock.sleep(suspendedMs)
            const bytes = (await sentBy(cluster, sleeper)) - asleepBytes
            return bytes === 0
              ? seen(`${linkNameOf(sleeper)} carried no heartbeat for ${suspendedMs} ms`)
              : unseen(`${target} still sends: ${bytes} bytes in ${suspendedMs} ms`)
          },
          systemClock,
        )
      },
      async heal() {
        asleepBytes = await sentBy(cluster, sleeper)
        await sleeper.thaw()
      },
      witnessOff: () => isHeard(cluster, sleeper, asleepBytes, resumedHeardWithinMs),
    }
  },
  drawn: { never: 'a suspended tab would hold up every step that clicks in it' },
  simulated: 'a simulated page has no process that could be suspended',
})
