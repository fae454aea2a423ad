import { type Channel, channel, noreply, ok, refuse, reply } from '../../channels/index.ts'
import { type Metrics, metricNames } from '../../metrics/index.ts'
import { type Clock, sleepUntil } from '../../platform/clock.ts'

interface StatsOptions {
  clock: Clock
  metrics: Metrics
  /** How long an ordinary `ping` takes (PM-11). */
  pingMs(): number
  slowPingMs?: number
}

export const slowPingDefaultMs = 3_000
/** With this many parallel replies pending, one channel handles nothing more until one of them is sent (PM-21). */
export const parallelMax = 100
const pong = { ping: 'pong' }

/** A slow handler in two forms: inside the channel, where the next push waits for it, and in parallel to it (PM-11, PM-17, PM-19, CH-131). */
export const statsChannel = ({ clock, metrics, pingMs, slowPingMs = slowPingDefaultMs }: StatsOptions) =>
  channel({
    name: 'StatsChannel',
    join(topic) {
      if (topic === 'valid') return ok()
      if (topic === 'invalid') return refuse({ reason: 'always fails' })
      throw new Error(`StatsChannel has no topic ${topic}`)
    },
    async handleIn(event, _payload, self) {
      if (event === 'ping') await metrics.measure(metricNames.statsChannelPing, () => clock.sleep(pingMs()))
      else if (event === 'slow_ping') await clock.sleep(slowPingMs)
      else if (event === 'parallel_slow_ping') return replyLater(self)
      else throw new Error(`StatsChannel has no handler for ${event}`)
      return reply('ok', pong)

      async function replyLater({ replyRef, reply: sendReply, task, assigns }: Channel) {
        const ref = replyRef()
        const pending = pendingOf(assigns)
        // Later pushes stay in the mailbox meanwhile: that is the back-pressure which parallel replies would take away (PM-22).
        await pending.enter()
        task(async (signal) => {
          await sleepUntil(clock, slowPingMs, signal)
          if (signal.aborted) return
          pending.leave()
          sendReply(ref, 'ok', pong)
        })
        return noreply()
      }
    },
  })

type Pending = ReturnType<typeof createPending>

function pendingOf(assigns: Channel['assigns']): Pending {
  assigns.pending ??= createPending()
  return assigns.pending as Pending
}

/** Counts what goes on at once in one channel, and lets at most `parallelMax` in. */
function createPending() {
  let count = 0
  let free = () => {}
  return {
    /** Resolves at once while there is room, else with the next `leave`. A channel handles one push at a time, so only one waits. */
    async enter() {
      if (count >= parallelMax)
        await new Promise<void>((resolve) => {
          free = resolve
        })
      count += 1
    },
    leave() {
      count -= 1
      free()
    },
  }
}
