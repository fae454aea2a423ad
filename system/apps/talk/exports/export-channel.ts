import { type Channel, channel, type HandleResult, noreply, ok, refuse } from '../../../channels/index.ts'
import type { ExportState, Exports } from './exports.ts'

/** How often a listener looks itself: the message that says the end can be lost between two nodes. */
const lookEveryMs = 5_000

/**
 * `export:<id>`: how an export goes on (RT-41, RT-53). Whoever knows the id may listen. The reply to the join is the state, and the end is told
 * once, by the message of the node that made the export or by a look of one's own.
 */
export const exportChannel = ({ stateOf }: Pick<Exports, 'stateOf'>) =>
  channel({
    name: 'ExportChannel',
    async join(topic, _payload, { send }) {
      const state = await stateOf(idIn(topic))
      if (!state) return refuse({ reason: 'unknown_export' })
      // What ended between this look and the first message that is heard.
      if (state.status === 'running') send('look')
      return ok(state)
    },
    intercept: ['done', 'failed'],
    handleOut: (event, payload, self) => tellEnd(self, event, payload),
    async handleInfo(_look, self) {
      if (self.assigns.isOver) return noreply()
      const state = await stateOf(idIn(self.topic))
      if (state && state.status !== 'running') return tellEnd(self, state.status, resultOf(state))
      self.sendAfter(lookEveryMs, 'look')
      return noreply()
    },
  })

function tellEnd({ assigns, push }: Channel, event: string, result: unknown): HandleResult {
  if (!assigns.isOver) push(event, result)
  assigns.isOver = true
  return noreply()
}

const idIn = (topic: string) => topic.slice('export:'.length)

const resultOf = (state: Exclude<ExportState, { status: 'running' }>) =>
  state.status === 'done' ? { url: state.url } : { reason: state.reason }
