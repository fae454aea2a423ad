import { type ActorRef, type ActorSelf, type AnyActorRef, link } from '../../../system/runtime/index.ts'
import { CallFailed, Exit, readReason, thrownInServer, writeError, writeReason } from '../reasons.ts'
import type { Data, Recording, Replayed, Step } from '../recording.ts'
import { createGate, createWorld, type Gate, type World } from '../world.ts'
import { type Clients, call, clientActs, createClients, signalExit } from './clients.ts'

type Message = { kind: 'call' | 'cast' | 'info' | 'continue' | 'timeout'; msg: unknown }
type Server = ActorRef<Message>

interface Scene {
  world: World
  clients: Clients
  servers: Map<string, Server>
  gates: Map<string, Gate>
}

/** Replays recordings of servers and those who call them on actors of `system/runtime`. */
export async function replayServers({ setup, steps }: Recording): Promise<Replayed> {
  const serverNames = new Set<string>((setup.servers ?? []).map(({ name }: Data) => name))
  const world = createWorld({ adaptLog: (event) => (serverNames.has(event.at) ? event : undefined) })
  const scene: Scene = {
    world,
    clients: createClients(world, setup.actors ?? []),
    servers: new Map(),
    gates: new Map(),
  }
  for (const spec of setup.servers ?? []) startByDriver(scene, spec)
  for (const { do: what, ...step } of steps as Step[]) {
    if (step.server) serverNames.add(step.server.name)
    const act = acts[what]
    if (!act) throw new Error(`no replay of servers knows the step ${what}`)
    await act(scene, step)
  }
  return world.result()
}

function startByDriver(scene: Scene, spec: Data) {
  const { world } = scene
  if (spec.init !== 'ignore') return void startServer(scene, spec, world.driver)
  world.record(spec.name, 'start', { inc: 1 })
  world.record(spec.name, 'exit', { inc: 1, reason: 'normal' })
  world.record('driver', 'start_reply', { of: spec.name, reply: 'ignore' })
}

function startServer(scene: Scene, { name, trap, init }: Data, parent: AnyActorRef): Server {
  const { world, servers, gates } = scene
  const gate = createGate()
  const held: ((value: unknown) => void)[] = []
  let forgetTimeout = () => {}
  let isOver = () => false
  const server = world.runtime.spawn<Message>({
    name,
    takesTurns: true,
    trapsExits: trap === true,
    parent,
    async handle({ kind, msg }, self) {
      // Whatever arrives, the server is idle no more.
      forgetTimeout()
      record(world, name, kind, msg)
      return handlers[kind]?.(msg, self)
    },
    handleExit({ reason, from }) {
      forgetTimeout()
      const known = from && from !== world.driver ? from.name : undefined
      world.recordLive(name, 'exit_message', { from: known ?? 'other', reason: writeReason(reason) })
    },
    beforeExit: (reason) => world.recordLive(name, 'terminate', { reason: writeReason(reason) }),
  })
  isOver = () => !server.alive
  servers.set(name, server)
  gates.set(name, gate)
  world.started(name, server)
  if (init === 'slow_continue') server.send({ kind: 'continue', msg: 'slow' })

  const handlers: Partial<Record<Message['kind'], (msg: unknown, self: ActorSelf<Message>) => unknown>> = {
    call: (msg, self) => act(msg as unknown[], self),
    cast: (msg, self) => act(msg as unknown[], self),
  }

  /** What the messages of the recordings ask for. */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments of a message depend on its name
  async function act([what, ...args]: any[], self: ActorSelf<Message>): Promise<unknown> {
    switch (what) {
      case 'echo':
        return args[0]
      case 'note':
        return 'ok'
      case 'sleep':
        await world.work(args[0])
        return args[1]
      case 'gate':
        await gate.pass()
        return 'ok'
      case 'raise':
        throw new Error(args[0])
      case 'throw':
        throw new Exit(thrownInServer(args[0]))
      case 'bad':
        throw new Exit({ kind: 'exit', why: 'bad_return_value:what' })
      case 'stop':
        self.exit(readReason(args[0]))
        return args[1]
      case 'exit':
      case 'stop_noreply':
        self.takeAnswer()
        self.exit(readReason(args[0]))
        return
      case 'continue':
        return self.sendFirst({ kind: 'continue', msg: args[0] })
      case 'reply_then_continue':
        self.sendFirst({ kind: 'continue', msg: 'after_call' })
        return args[0]
      case 'later': {
        const answer = self.takeAnswer()
        world.clock.after(args[0], () => answer(args[1]))
        return
      }
      case 'hold':
        held.push(self.takeAnswer())
        return
      case 'reply_held':
        for (const answer of held.splice(0)) answer(args[0])
        return 'ok'
      case 'timeout':
        forgetTimeout = self.sendAfter(args[0], { kind: 'timeout', msg: undefined })
        return 'ok'
      case 'reply_early_then_sleep':
        self.takeAnswer()(args[0])
        await world.work(args[1])
        if (!isOver()) world.recordLive(name, 'after_early_reply')
        return
      case 'call_self':
        return call(server, (one) => self.ask(one, { kind: 'call', msg: ['echo', 1] }))
      case 'call_other':
        return call(servers.get(args[0]), (one) => self.ask(one, { kind: 'call', msg: args[1] }, args[2]))
      default:
        throw new Error(`no server knows the message ${what}`)
    }
  }
  return server
}

function record(world: World, name: string, kind: Message['kind'], msg: unknown) {
  if (kind === 'timeout') world.recordLive(name, 'timeout')
  else world.recordLive(name, kind, kind === 'continue' ? { arg: msg } : { msg })
}

const acts: Record<string, (scene: Scene, step: Data) => unknown> = {
  ...clientActs,
  gate: ({ gates }, { who }) => gates.get(who)?.release(1),

  call({ clients, servers }, { by, to, msg, timeout, ...options }) {
    const ask = (server: Server) => server.call({ kind: 'call', msg }, timeout)
    return clients.perform(by, { of: 'call', msg }, () => call(servers.get(to), ask), options)
  },

  cast({ clients, servers, world }, { by, to, msg }) {
    clients.get(by)?.actor.send(() => servers.get(to)?.send({ kind: 'cast', msg }))
    return settleTurns(world)
  },

  send({ clients, servers, world }, { by, to, msg }) {
    clients.get(by)?.actor.send(() => servers.get(to)?.send({ kind: 'info', msg }))
    return settleTurns(world)
  },

  stop_server({ clients, servers }, { by, to, reason }) {
    return clients.perform(by, { of: 'stop_server' }, async () => {
      const server = servers.get(to)
      if (!server?.alive) throw new CallFailed('in_call:noproc')
      await server.requestStop(readReason(reason))
      return { atom: 'ok' }
    })
  },

  start_server(scene, { by, link: linked, server }) {
    const { clients, world } = scene
    return clients.perform(by, { of: 'start_server' }, () => {
      const client = clients.get(by)!.actor
      try {
        const started = startServer(scene, server, linked ? client : world.driver)
        if (linked) link(client, started)
        return 'ok'
      } catch (error) {
        return `error:${writeError(error)}`
      }
    })
  },

  link_to_server({ clients, servers, world }, { by, to }) {
    const client = clients.get(by)!.actor
    client.send(() => void link(client, servers.get(to)!))
    return settleTurns(world)
  },

  exit({ clients, servers, world }, { who, reason }) {
    const victim = servers.get(who) ?? clients.get(who)?.actor
    const stranger = world.runtime.spawn({ handle: () => {} }, { unique: false })
    signalExit(victim, reason, stranger)
    return settleTurns(world)
  },
}

/** The step is over once it has been done, not once everything that comes of it is. */
const settleTurns = (_world: World) => new Promise<void>((resolve) => void setImmediate(resolve))
