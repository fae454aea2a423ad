import { channel, noreply, ok, refuse } from '../../../channels/index.ts'
import type { ExportState, Exports } from './exports.ts'

/**
 * `export:<id>`: how an export goes on (RT-41, RT-53). Whoever knows the id may listen. The reply to the join is the state; what ended between
 * that and the first broadcast that is heard is told once more.
 */
export const exportChannel = ({ stateOf }: Pick<Exports, 'stateOf'>) =>
  channel({
    name: 'ExportChannel',
    async join(topic, _payload, { send }) {
      const state = await stateOf(idIn(topic))
      if (!state) return refuse({ reason: 'unknown_export' })
      if (state.status === 'running') send('look again')
      return ok(state)
    },
    async handleInfo(_message, { topic, push }) {
      const state = await stateOf(idIn(topic))
      if (state && state.status !== 'running') push(state.status, resultOf(state))
      return noreply()
    },
  })

const idIn = (topic: string) => topic.slice('export:'.length)

const resultOf = (state: Exclude<ExportState, { status: 'running' }>) =>
  state.status === 'done' ? { url: state.url } : { reason: state.reason }
