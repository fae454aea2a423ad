import { describe, expect, it } from 'vitest'
import {
  type ChannelDefinition,
  channel,
  connected,
  noreply,
  ok,
  reply,
  socket,
} from '../../../system/channels/index.ts'
import { createFakeClock, openCase } from '../../support/channel-case.ts'

async function joined(definition: Partial<ChannelDefinition> = {}, hibernateAfterMs?: number) {
  const room = channel({
    name: 'Room',
    join: () => ok(),
    handleIn: (event) => (event === 'rest' ? noreply({ hibernate: true }) : reply('ok', { event })),
    ...definition,
  })
  const clock = createFakeClock()
  const client = await openCase(
    socket({ name: 'Rooms', path: '/rooms', channels: { room }, connect: () => connected() }),
    {
      clock,
      ...(hibernateAfterMs !== undefined && { hibernateAfterMs }),
    },
  )
  await client.join('room')
  const [actor] = client.runtime.actors()
  return { clock, client, hibernates: () => actor!.hibernated }
}

describe('an idle channel (RT-66)', () => {
  it('hibernates after the time that the node states, and answers the push that wakes it', async () => {
    const { clock, client, hibernates } = await joined({}, 15_000)
    await clock.advance(14_999)
    expect(hibernates()).toBe(false)
    await clock.advance(1_001)
    expect(hibernates()).toBe(true)
    expect(await client.ask('room', 'say')).toEqual({ status: 'ok', response: { event: 'say' } })
    expect(hibernates()).toBe(false)
  })

  it('states a time of its own, or never', async () => {
    const soon = await joined({ hibernateAfterMs: 150 }, 15_000)
    await soon.clock.advance(160)
    expect(soon.hibernates()).toBe(true)
    const never = await joined({ hibernateAfterMs: 'never' }, 15_000)
    await never.clock.advance(60_000)
    expect(never.hibernates()).toBe(false)
  })

  it('never hibernates by itself where the node says so, and at once where its callback does', async () => {
    const { clock, client, hibernates } = await joined()
    await clock.advance(60_000)
    expect(hibernates()).toBe(false)
    client.push('room', 'rest')
    expect(hibernates()).toBe(true)
  })

  it('is sent what is broadcast and hibernates on, because no callback of it runs', async () => {
    const { clock, client, hibernates } = await joined({}, 1_000)
    await clock.advance(1_100)
    client.pubsub.broadcast('room', 'news', {})
    expect([client.received('news'), hibernates()]).toEqual([[{}], true])
  })

  it('is left and joined again as any other', async () => {
    const { clock, client } = await joined({}, 1_000)
    await clock.advance(1_100)
    expect(await client.ask('room', 'phx_leave')).toEqual({ status: 'ok', response: {} })
    await clock.advance(0)
    expect([client.runtime.actors(), clock.timerCount()]).toEqual([[], 0])
    expect(await client.join('room')).toEqual({ status: 'ok', response: {} })
  })
})
