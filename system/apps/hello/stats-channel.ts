import { channel, noreply, ok, refuse, reply } from '../../channels/index.ts'
import { type Metrics, metricNames } from '../../metrics/index.ts'
import { type Clock, sleepUntil } from '../../platform/clock.ts'

interface StatsOptions {
  clock: Clock
  metrics: Metrics
  /** How long an ordinary `ping` takes (PM-11). */
  pingMs(): number
}

export const slowPingMs = 3_000
/** With so many parallel replies pending, one channel refuses more (PM-21). */
const parallelMax = 100
const pong = { ping: 'pong' }

/** A slow handler in two forms: inside the channel, where the next push waits for it, and in parallel to it (PM-11, PM-17, PM-19, CH-131). */
export const statsChannel = ({ clock, metrics, pingMs }: StatsOptions) =>
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

      function replyLater({ replyRef, reply: sendReply, task, assigns }: typeof self) {
        const pending = Number(assigns.pending ?? 0)
        if (pending >= parallelMax) return reply('error', { reason: 'too many at once' })
        assigns.pending = pending + 1
        const ref = replyRef()
        task(async (signal) => {
          await sleepUntil(clock, slowPingMs, signal)
          if (signal.aborted) return
          assigns.pending = Number(assigns.pending) - 1
          sendReply(ref, 'ok', pong)
        })
        return noreply()
      }
    },
  })
