import { channel, noreply, ok, refuse, reply } from '../../channels/index.ts'

interface StatsOptions {
  sleep(delayMs: number): Promise<void>
  /** How long an ordinary `ping` takes (PM-11). */
  pingMs(): number
  /** What an ordinary `ping` does all that time; without it, it waits. */
  work?(forMs: number): Promise<void>
  /** So many replies of one channel may be under way beside it; more are refused (PM-21). */
  parallelMax?: number
  quirks?: { parallelInside?: boolean }
}

export const slowPingMs = 3_000
const pong = { ping: 'pong' }

/** A slow handler twice: once inside the channel, where the next push waits for it, and once beside it (PM-11, PM-17, PM-19, CH-131). */
export const statsChannel = ({ sleep, pingMs, work = sleep, parallelMax = 100, quirks = {} }: StatsOptions) =>
  channel({
    name: 'StatsChannel',
    join(topic) {
      if (topic === 'valid') return ok()
      if (topic === 'invalid') return refuse({ reason: 'always fails' })
      throw new Error(`StatsChannel has no topic ${topic}`)
    },
    async handleIn(event, _payload, self) {
      if (event === 'ping') await work(pingMs())
      else if (event === 'slow_ping' || (event === 'parallel_slow_ping' && quirks.parallelInside))
        await sleep(slowPingMs)
      else if (event === 'parallel_slow_ping') return answerLater(self)
      else throw new Error(`StatsChannel has no handler for ${event}`)
      return reply('ok', pong)

      function answerLater({ replyRef, reply: answer, assigns }: typeof self) {
        const underWay = Number(assigns.underWay ?? 0)
        if (underWay >= parallelMax) return reply('error', { reason: 'too many at once' })
        assigns.underWay = underWay + 1
        const ref = replyRef()
        void sleep(slowPingMs).then(() => {
          assigns.underWay = Number(assigns.underWay) - 1
          answer(ref, 'ok', pong)
        })
        return noreply()
      }
    },
  })
