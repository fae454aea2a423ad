import { longestStallIn } from '../../history/manners.ts'
import type { NewEvent } from '../../history/operation.ts'
import { starvedMs } from '../../timing.ts'
import { readInventories } from '../inventory.ts'
import { readManners } from '../manners.ts'
import type { Phase, RunState } from '../run-state.ts'
import { awaitSettled, listenersOf } from './settle.ts'

const readsMax = 3
/** While processes stand still again and again, nobody comes to rest. */
const readsWhileStalledMax = 8

/**
 * Reads what the checkers judge: the nodes, the applications, and who is joined to what. A client that lost its connection since all seemed
 * at rest, because the machine was busy elsewhere, is just coming back: then all of it is read again. Rejects when this goes on for too
 * long on a machine that stands still: what is read then is not how everything ends.
 */
export const finalReads: Phase = {
  name: 'final-reads',
  afterFailure: true,
  async run(state) {
    let finals = await readFinals(state)
    for (let reads = 1; isDisturbed(state) && reads < readsMaxOf(state); reads += 1) {
      await awaitSettled(state).catch(() => {})
      finals = await readFinals(state)
    }
    if (isDisturbed(state) && hasStoodStill(state))
      throw new Error('processes stood still again and again, so that clients did not come to rest')
    for (const final of finals) state.recorder.record(final)
  },
}

const isDisturbed = ({ recorder, restFrom = 0 }: RunState) =>
  recorder.events.slice(restFrom).some(({ type }) => type === 'disconnect')

const readsMaxOf = (state: RunState) => (hasStoodStill(state) ? readsWhileStalledMax : readsMax)

const hasStoodStill = ({ recorder, restFrom = 0 }: RunState) =>
  longestStallIn(recorder.events.slice(restFrom)) >= starvedMs

async function readFinals(state: RunState): Promise<NewEvent[]> {
  const finals = [...(await readNodes(state)), ...(await readInventories(state)), ...readManners(state)]
  for (const session of state.open!.sessions) finals.push(...((await session.finalReads?.()) ?? []))
  for (const { who, joins } of listenersOf(state))
    finals.push({ who, type: 'final', operation: 'joined', value: await joins() })
  return finals
}

async function readNodes({ cluster }: RunState): Promise<NewEvent[]> {
  const finals: NewEvent[] = []
  for (const { name, control } of cluster!.nodes.filter(({ shows }) => shows.state)) {
    const of = { who: name, node: name, type: 'final' } as const
    finals.push({ ...of, operation: 'node-state', value: await control.state() })
  }
  return finals
}
