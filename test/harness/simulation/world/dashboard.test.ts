import { Presence, Socket } from 'phoenix'
import { expect, it } from 'vitest'
import { giveCopies } from '../../../../harness/simulation/world/dashboard.ts'

const stateOf = (...refs: string[]) => ({ alice: { metas: refs.map((ref) => ({ phx_ref: ref })) } })

it('leaves what came as it was, though the official presence takes out what it knows already (PA-18)', () => {
  const channel = new Socket('/none', { transport: class {} as never }).channel('carts')
  giveCopies(channel)
  const presence = new Presence(channel)
  const { trigger } = channel as unknown as { trigger(event: string, payload: object): void }
  const came = stateOf('1', '2')
  trigger.call(channel, 'presence_state', stateOf('1'))
  trigger.call(channel, 'presence_state', came)
  expect(presence.list()).toHaveLength(1)
  expect(came).toEqual(stateOf('1', '2'))
})
