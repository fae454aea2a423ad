import { describe, expect, it } from 'vitest'
import { channel, noreply, ok, reply, socket } from '../../../system/channels/index.ts'
import { createFakeClock, openCase } from '../../support/channel-case.ts'

const working = (work: (signal: AbortSignal) => Promise<void>) =>
  socket({
    name: 'Working',
    path: '/working',
    channels: {
      '*': channel({
        name: 'Working',
        join: () => ok(),
        handleIn(event, _payload, self) {
          if (event === 'ask') return reply('ok', { still: 'here' })
          self.task(work)
          return noreply()
        },
      }),
    },
  })

describe('a task of a channel (PM-20)', () => {
  it('takes its channel down when it fails, and the client is told', async () => {
    const clock = createFakeClock()
    const client = await openCase(
      working(async () => {
        await clock.sleep(10)
        throw new Error('out of paper')
      }),
      { clock },
    )
    await client.join('t')
    client.push('t', 'work')
    expect(client.received('phx_error')).toEqual([])
    await clock.advance(10)
    expect(client.received('phx_error')).toEqual([{ reason: 'channel_crash' }])
    expect(client.runtime.actors()).toEqual([])
  })

  it('leaves its channel alone when it is done', async () => {
    const client = await openCase(working(async () => {}))
    await client.join('t')
    client.push('t', 'work')
    expect(await client.ask('t', 'ask')).toEqual({ status: 'ok', response: { still: 'here' } })
    expect(client.runtime.actors()).toHaveLength(1)
  })

  it.each(['leave', 'crash', 'disconnect'])('is aborted and ends when its channel ends by %s', async (end) => {
    let aborted: AbortSignal | undefined
    const client = await openCase(
      working(async (signal) => {
        aborted = signal
        await new Promise(() => {})
      }),
    )
    await client.join('t')
    client.push('t', 'work')
    await client.ask('t', 'ask')
    expect(aborted?.aborted).toBe(false)
    if (end === 'leave') await client.ask('t', 'phx_leave')
    if (end === 'crash')
      client.runtime
        .actors()
        .find(({ role }) => role === 'channel')
        ?.kill()
    if (end === 'disconnect') client.session.gone()
    await expect.poll(() => client.runtime.actors().length).toBe(0)
    expect(aborted?.aborted).toBe(true)
  })
})
