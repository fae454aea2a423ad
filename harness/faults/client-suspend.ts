import type { Cluster } from '../cluster/cluster.ts'
import { systemClock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import { type FaultKind, type Sleeper, seen, unseen, witnessWithin } from './fault.ts'

/** Longer than a client of a cluster waits between two heartbeats. */
const quietMs = 1_600
const heardBeforeMs = 3_000
const awakeWithinMs = 5_000

const nameOf = ({ who, node }: Sleeper) => `${who.split('#')[0]}->${node}`
const sentBy = (cluster: Cluster, sleeper: Sleeper) => cluster.links.bytes(nameOf(sleeper), 'upstream')

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

/**
 * A tab stops in the middle of what it does, as on a machine that goes to sleep, and goes on later; target: who has it, `alice` or
 * `alice#2`. Its link shows it: no heartbeat is sent. Nothing is said to the server, and the connection stays open (FI-5).
 */
export const clientSuspend: FaultKind = (cluster, target, _options, sleepers = []) => {
  const sleeper = sleepers.find(({ who }) => who === target)
  if (!sleeper)
    throw new Error(`${target} has no tab; there are those of ${sleepers.map(({ who }) => who).join(', ') || 'nobody'}`)
  if (!cluster.links.countsAtOnce)
    throw new NotSupported(
      'a real Toxiproxy counts the bytes of a connection when it ends: nobody can see that a tab falls silent',
    )
  let wasAwake = false
  let asleepBytes = 0
  return {
    async inject() {
      wasAwake = (await isHeard(cluster, sleeper, await sentBy(cluster, sleeper), heardBeforeMs)).seen
      await sleeper.freeze()
    },
    async witnessOn() {
      if (!wasAwake) return unseen(`${target} sent nothing before it was suspended either`)
      return witnessWithin(
        2 * quietMs,
        async () => {
          asleepBytes = await sentBy(cluster, sleeper)
          await systemClock.sleep(quietMs)
          const bytes = (await sentBy(cluster, sleeper)) - asleepBytes
          return bytes === 0
            ? seen(`${nameOf(sleeper)} carried no heartbeat for ${quietMs} ms`)
            : unseen(`${target} still sends: ${bytes} bytes in ${quietMs} ms`)
        },
        systemClock,
      )
    },
    async heal() {
      asleepBytes = await sentBy(cluster, sleeper)
      await sleeper.thaw()
    },
    witnessOff: () => isHeard(cluster, sleeper, asleepBytes, awakeWithinMs),
  }
}
