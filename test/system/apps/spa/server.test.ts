import { expect, it } from 'vitest'
import { createPings } from '../../../../system/apps/spa/pings.ts'
import { spaSocket } from '../../../../system/apps/spa/socket.ts'
import { createFakeClock, openCase } from '../../../support/channel-case.ts'

it('takes any join of its topics, and answers a ping (RX-6)', async () => {
  const client = await openCase(spaSocket)
  for (const topic of ['ping', 'other']) {
    expect(await client.join(topic)).toEqual({ status: 'ok', response: {} })
    expect(await client.ask(topic, 'ping')).toEqual({ status: 'ok', response: { ping: 'pong' } })
  }
  expect(await client.join('another')).toEqual({ status: 'error', response: { reason: 'unmatched topic' } })
})

it('sends every client of the node one ping each few seconds, and nobody else on these topics (RX-6, CH-133)', async () => {
  const clock = createFakeClock()
  const client = await openCase(spaSocket, { clock })
  await client.join('ping')
  await client.join('other')
  const heard: unknown[] = []
  for (const topic of ['ping', 'other'])
    client.pubsub.subscribe(topic, { deliver: (broadcast) => void heard.push(broadcast) })
  const pings = createPings({ pubsub: client.pubsub, clock, everyMs: 3_000 })
  pings.start()
  await clock.advance(6_500)
  const sent = client.sent.filter(([, , , event]) => event === 'ping').map(([, , topic, , payload]) => [topic, payload])
  expect(sent).toEqual([
    ['ping', { n: 1 }],
    ['other', { n: 1 }],
    ['ping', { n: 2 }],
    ['other', { n: 2 }],
  ])
  expect(heard).toEqual([])
  pings.stop()
  await clock.advance(9_000)
  expect(client.sent.filter(([, , , event]) => event === 'ping')).toHaveLength(4)
})

it('ends a channel that is asked for what it does not have, and no other (RX-6)', async () => {
  const client = await openCase(spaSocket)
  await client.join('ping')
  await client.join('other')
  client.push('ping', 'boom')
  await expect.poll(() => client.received('phx_error')).toHaveLength(1)
  expect(await client.ask('other', 'ping')).toEqual({ status: 'ok', response: { ping: 'pong' } })
})

it('tells everybody of an activity, and refuses one without a text (RX-16)', async () => {
  const one = await openCase(spaSocket)
  const other = await openCase(spaSocket, { pubsub: one.pubsub })
  for (const client of [one, other]) await client.join('activities')
  one.push('activities', 'new_activity', { text: 'runs' })
  await expect.poll(() => other.received('new_activity')).toEqual([{ text: 'runs' }])
  expect(await one.ask('activities', 'new_activity', { text: 'rests' })).toEqual({ status: 'ok', response: {} })
  for (const payload of [{}, { text: '' }, { text: 7 }, { text: 'x'.repeat(201) }])
    expect(await one.ask('activities', 'new_activity', payload)).toEqual({
      status: 'error',
      response: { reason: 'an activity has a text of 1 to 200 letters' },
    })
})
