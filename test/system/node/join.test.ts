import { describe, expect, it } from 'vitest'
import { channel, connected, ok, socket } from '../../../system/channels/index.ts'
import { noMetrics } from '../../../system/metrics/index.ts'
import { joinApps } from '../../../system/node/join.ts'
import { createLifecycle } from '../../../system/node/lifecycle.ts'
import type { AppContext, RunningApp } from '../../../system/node/module.ts'
import { readConfig } from '../../../system/platform/config.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { seededRandom } from '../../../system/platform/random.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { child, createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const config = readConfig({})

function createContext(notes: string[]): AppContext {
  const clock = createFakeClock()
  const adapter = {
    start: async () => void notes.push('start pubsub'),
    stop: async () => void notes.push('stop pubsub'),
    broadcast: () => {},
    directBroadcast: () => {},
    sent: () => ({}),
    queuedBytes: () => 0,
    peers: () => ({}),
    onPeerUp: () => {},
    counters: { remoteSent: 0, remoteReceived: 0 },
  }
  const runtime = createRuntime({ clock, log })
  const pubsub = createPubSub({ nodeName: 'n1', adapter, log })
  const random = seededRandom(1)
  return {
    config,
    pubsub,
    runtime,
    clock,
    log,
    random,
    secret: 's'.repeat(32),
    beforeHandle: () => undefined,
    metrics: noMetrics,
  }
}

/** An application whose every part notes what happens to it. */
function createApp(name: string, { runtime }: AppContext, notes: string[]): RunningApp {
  const part = (what: string) => ({
    name: what,
    start: () => void notes.push(`start ${name} ${what}`),
    stop: () => void notes.push(`stop ${name} ${what}`),
  })
  const startActor = () =>
    runtime.start({
      name: `${name}.Worker`,
      init: () => void notes.push(`start ${name} worker`),
      handle: () => undefined,
      terminate: () => void notes.push(`stop ${name} worker`),
    })
  const topics = channel({ name: `${name}Channel`, join: () => ok() })
  return {
    name,
    sockets: [
      socket({ name: `${name}Socket`, path: `/${name}`, channels: { '*': topics }, connect: () => connected() }),
    ],
    beforeChildren: [part('subscription')],
    children: [child('worker', startActor)],
    afterPubSub: [part('tracker')],
  }
}

describe('several applications on one node', () => {
  it('start in one order, and stop in its reverse', async () => {
    const notes: string[] = []
    const context = createContext(notes)
    const apps = ['Tank', 'Pump'].map((name) => createApp(name, context, notes))
    const web = { name: 'web', start: () => void notes.push('start web'), stop: () => void notes.push('stop web') }
    const { parts } = joinApps(context, apps)
    const all = parts([web])
    expect(all.map(({ name }) => name)).toEqual([
      'subscription',
      'subscription',
      'actors',
      'pubsub',
      'tracker',
      'tracker',
      'web',
      'clients',
    ])
    const lifecycle = createLifecycle(all)
    await lifecycle.start()
    const started = [...notes]
    expect(started).toEqual([
      'start Tank subscription',
      'start Pump subscription',
      'start Tank worker',
      'start Pump worker',
      'start pubsub',
      'start Tank tracker',
      'start Pump tracker',
      'start web',
    ])
    await lifecycle.stop()
    expect(notes.slice(started.length)).toEqual(started.reverse().map((note) => note.replace('start', 'stop')))
  })

  it('drain their clients before anything else stops', async () => {
    const notes: string[] = []
    const context = createContext(notes)
    const { endpoint, parts } = joinApps(context, [createApp('Tank', context, notes)])
    const web = { name: 'web', stop: () => void notes.push('stop web') }
    const lifecycle = createLifecycle(parts([web]))
    await lifecycle.start()
    const arriving = { url: '/Tank/websocket?vsn=2.0.0', headers: {}, socket: {} as never }
    const outlet = { deliver: () => {}, end: (code: number) => void notes.push(`close ${code}`), drop: () => {} }
    await endpoint.open(arriving, outlet as never)
    notes.length = 0
    await lifecycle.stop()
    expect(notes.slice(0, 2)).toEqual(['close 1012', 'stop web'])
  })

  it('may call their children the same, and each is restarted alone', async () => {
    const notes: string[] = []
    const context = createContext(notes)
    const apps = ['Tank', 'Pump'].map((name) => createApp(name, context, notes))
    const { actors } = joinApps(context, apps)
    await actors.start()
    expect(actors.children().map(({ name }) => name)).toEqual(['Tank.worker', 'Pump.worker'])
    notes.length = 0
    context.runtime
      .actors()
      .find(({ name }) => name === 'Pump.Worker')!
      .kill()
    await expect.poll(() => notes).toContain('start Pump worker')
    expect(notes).not.toContain('start Tank worker')
    await actors.stop()
  })

  it('share one reader of sessions', () => {
    const readSession = async () => ({})
    const tank = { ...createApp('Tank', createContext([]), []), readSession }
    expect(() => joinApps(createContext([]), [tank, { name: 'Pump', readSession }])).toThrow(
      'Tank and Pump both read sessions',
    )
  })
})
