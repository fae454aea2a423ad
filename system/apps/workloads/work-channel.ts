import { type Channel, channel, type HandleResult, noreply, ok, reply } from '../../channels/index.ts'
import { readWork, type Work, type WorkRequest } from './work.ts'

/** What the channels of this node have done, since it started. */
export interface WorkCounts {
  started: number
  finished: number
  /** Finished although the channel had ended meanwhile: nobody was told of the result. */
  finishedAfterLeave: number
  /** Cut short because the channel had ended. */
  cancelled: number
  /** Replies refused because too many were pending (PM-21). */
  refused: number
  /** The most parallel replies of one channel that were pending at once. */
  pendingMost: number
}

export const noWork = (): WorkCounts => ({
  started: 0,
  finished: 0,
  finishedAfterLeave: 0,
  cancelled: 0,
  refused: 0,
  pendingMost: 0,
})

interface WorkChannelOptions {
  work: Work
  counts: WorkCounts
  parallelMax: number
}

const never = new AbortController().signal

/**
 * One piece of work for each push, in two forms that do the same: `sync` inside the channel, where the next push waits for it, and
 * `async` in a task of its own, with a later reply (PM-17..PM-21). `shout` sends its payload to everybody on the topic.
 */
export function workChannel({ work, counts, parallelMax }: WorkChannelOptions) {
  function finish({ assigns }: Channel) {
    counts.finished += 1
    if (assigns.hasEnded) counts.finishedAfterLeave += 1
  }

  function inChannel(request: WorkRequest, self: Channel): HandleResult | Promise<HandleResult> {
    counts.started += 1
    const working = work(request, never)
    const done = () => {
      finish(self)
      return reply('ok')
    }
    return working ? working.then(done) : done()
  }

  function inTask(request: WorkRequest, self: Channel): HandleResult {
    const { assigns, replyRef, reply: sendReply, task } = self
    const pending = Number(assigns.pending) + 1
    if (pending > parallelMax) {
      counts.refused += 1
      return reply('error', { reason: 'too many at once' })
    }
    assigns.pending = pending
    counts.started += 1
    counts.pendingMost = Math.max(counts.pendingMost, pending)
    const ref = replyRef()
    task(async (signal) => {
      await work(request, signal)
      // Waiting was cut short with the channel; a query or a computation went on to its end for nobody.
      if (signal.aborted && request.kind === 'wait') {
        counts.cancelled += 1
        return
      }
      finish(self)
      if (signal.aborted) return
      assigns.pending = Number(assigns.pending) - 1
      sendReply(ref, 'ok')
    })
    return noreply()
  }

  return channel({
    name: 'WorkChannel',
    join(_topic, _payload, { assigns, onEnd }) {
      assigns.pending = 0
      onEnd(() => {
        assigns.hasEnded = true
      })
      return ok()
    },
    handleIn(event, payload, self) {
      if (event === 'shout') {
        self.broadcast('shout', payload)
        return noreply()
      }
      const request = readWork(payload)
      if (!request) return reply('error', { reason: 'expected the kind of the work and its duration in ms' })
      if (event === 'sync') return inChannel(request, self)
      if (event === 'async') return inTask(request, self)
      throw new Error(`WorkChannel has no handler for ${event}`)
    },
  })
}
