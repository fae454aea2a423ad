import { type Channel, channel, type HandleResult, noreply, ok, refuse } from '../../../channels/index.ts'
import type { ExportState, Exports } from './exports.ts'

/** How often a channel reads the state by itself, because the message that announces the end can be lost between two nodes. */
const lookEveryMs = 5_000

/**
 * `export:<id>`: how an export goes on (RT-41, RT-53). Whoever knows the id may listen. The reply to the join is the state. The end is pushed
 * once, whether another node announced it or this channel read it.
 */
export const exportChannel = ({ stateOf }: Pick<Exports, 'stateOf'>) =>
  channel({
    name: 'ExportChannel',
    async join(topic, _payload, { send }) {
      const state = await stateOf(idIn(topic))
      if (!state) return refuse({ reason: 'unknown_export' })
      // Reads the state once more: the export may have ended before this channel hears messages.
      if (state.status === 'running') send('look')
      return ok(state)
    },
    intercept: ['done', 'failed'],
    handleOut: (event, payload, self) => pushEnd(self, event, payload),
    async handleInfo(_look, self) {
      if (self.assigns.isOver) return noreply()
      const state = await stateOf(idIn(self.topic))
      if (state && state.status !== 'running') return pushEnd(self, state.status, resultOf(state))
      self.sendAfter(lookEveryMs, 'look')
      return noreply()
    },
  })

function pushEnd({ assigns, push }: Channel, event: string, result: unknown): HandleResult {
  if (!assigns.isOver) push(event, result)
  assigns.isOver = true
  return noreply()
}

const idIn = (topic: string) => topic.slice('export:'.length)

const resultOf = (state: Exclude<ExportState, { status: 'running' }>) =>
  state.status === 'done' ? { url: state.url } : { reason: state.reason }
