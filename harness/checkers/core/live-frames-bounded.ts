import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'
import { takeFrame } from './live-frame.ts'

/** An entry of a list that replaces another one in its place may repeat a few words of it. */
const repeatedMaxBytes = 200

/**
 * A live page is sent what has changed and not again what it has (LV-5, LV-7, DF-118): in each frame, bytes that the client has already <=
 * bytes that are new to it + 200. How large a page is does not matter.
 */
export const liveFramesBounded: Checker = {
  name: 'live-frames-bounded',
  invariant: 'a frame for a live page holds what has changed, and hardly anything that the client has already',
  judgesOpen: true,
  check(history) {
    const pages = new Map<string, Parameters<typeof takeFrame>[0]>()
    const keyOf = ({ who, topic }: HistoryEvent) => JSON.stringify([who, topic])
    for (const join of history.of('join')) if (isLive(join)) pages.set(keyOf(join), undefined)
    if (pages.size === 0) return unknown('no live page was joined')
    let frameCount = 0
    for (const event of history.events) {
      if (!isLive(event)) continue
      const key = keyOf(event)
      if (event.type === 'join')
        pages.set(key, takeFrame(undefined, event.value as object as Record<string, unknown>).known)
      if (event.type !== 'receive' || event.event !== 'diff' || !pages.get(key)) continue
      const { known, tally } = takeFrame(pages.get(key), event.value as Record<string, unknown>)
      pages.set(key, known)
      frameCount += 1
      if (tally.resentBytes > tally.newBytes + repeatedMaxBytes)
        return violated(
          `sent again: of a frame for ${event.who} ${tally.resentBytes} bytes were there already, and ${tally.newBytes} are new`,
          { event, tally },
        )
    }
    if (frameCount === 0) return unknown('no live page was sent a change')
    return passed(`${count(frameCount, 'frame')} for ${count(pages.size, 'live page')}`)
  },
}

const isLive = ({ topic = '', type, value }: HistoryEvent) =>
  topic.startsWith('lv:') && (type !== 'join' || value !== undefined)
