import { expect, it } from 'vitest'
import { channel, connected, ok, refuse, refused, socket } from '../../../system/channels/index.ts'
import { noMetrics } from '../../../system/metrics/index.ts'
import { joinApps } from '../../../system/node/join.ts'
import { sourcesOf } from '../../../system/node/measurements.ts'
import { readConfig } from '../../../system/platform/config.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { seededRandom } from '../../../system/platform/random.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const gate = channel({ name: 'GateChannel', join: (topic) => (topic === 'shut' ? refuse() : ok()) })

function setUp() {
  const clock = createFakeClock()
  const counted: string[] = []
  const increment = (name: string, by = 1, tags = {}) =>
    void counted.push(`${name} ${by} ${Object.values(tags).join(' ')}`)
  const { endpoint } = joinApps(
    {
      config: readConfig({}),
      pubsub: createPubSub({ nodeName: 'n1', log }),
      runtime: createRuntime({ clock, log }),
      clock,
      log,
      random: seededRandom(1),
      secret: 's'.repeat(32),
      beforeHandle: () => undefined,
      metrics: { ...noMetrics, increment },
    },
    [
      {
        name: 'gates',
        sockets: [
          socket({
            name: 'Gates.GateSocket',
            path: '/gate',
            channels: { '*': gate },
            connect: ({ key }) => (key === 'right' ? connected() : refused('wrong key')),
          }),
        ],
      },
    ],
  )
  const outlet = { send() {}, deliver() {}, end() {}, drop() {}, pause() {}, resume() {} }
  const open = (key: string) =>
    endpoint.open({ url: `/gate/websocket?vsn=2.0.0&key=${key}`, headers: {}, socket: {} as never }, outlet)
  return { endpoint, counted, open }
}

it('every connect and join of a node is counted once, by its own name and status (PM-9, PM-10, PM-16)', async () => {
  const { counted, open } = setUp()
  const session = await open('right')
  await open('wrong')
  for (const topic of ['open', 'shut']) session!.receive(JSON.stringify(['1', '1', topic, 'phx_join', {}]))
  await expect
    .poll(() => counted)
    .toEqual([
      'socket_connect 1 success GateSocket',
      'socket_connect 1 fail GateSocket',
      'channel_join 1 success GateChannel',
      'channel_join 1 fail GateChannel',
    ])
})

it('the gauges tell sockets from channels (PM-1)', async () => {
  const { endpoint, open } = setUp()
  const [first] = [await open('right'), await open('right'), await open('right')]
  for (const topic of ['a', 'b']) first!.receive(JSON.stringify(['1', '1', topic, 'phx_join', {}]))
  const { sockets, channels } = sourcesOf(endpoint)
  await expect.poll(() => [sockets(), channels()]).toEqual([3, 2])
})
