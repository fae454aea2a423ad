import { type ActorRef, type AnyActorRef, CallTimeout, type ExitReason } from '../../../system/runtime/index.ts'
import { CallFailed, readReason, writeError, writeReason } from '../reasons.ts'
import type { Data } from '../recording.ts'
import type { World } from '../world.ts'

/** What a client does: one piece of work after the other. */
type Work = () => unknown

export interface Client {
  name: string
  actor: ActorRef<Work>
  /** What others sent and nobody read. */
  inbox: string[]
}

/** Actors that do in their own name what the steps say. */
export function createClients(world: World, specs: (string | Data)[]) {
  const clients = new Map<string, Client>()

  function start(spec: string | Data) {
    const { name, trap = false } = typeof spec === 'string' ? { name: spec } : spec
    const inbox: string[] = []
    const actor = world.runtime.spawn<Work>({
      name,
      takesTurns: true,
      trapsExits: trap,
      handle: (work) => work(),
      handleExit: ({ reason, from }) => void inbox.push(`exit_of:${from?.name ?? 'other'}:${writeReason(reason)}`),
    })
    clients.set(name, { name, actor, inbox })
    world.started(name, actor)
  }

  /** An end that the client did not catch; it fails with the reason, as it stands. */
  function fail({ actor }: Client, error: unknown) {
    const reason: ExitReason = { kind: 'exit', why: writeError(error) }
    actor.kill(reason)
  }

  /** Carries out work as the client and records its result, which may be a failure. */
  async function perform(by: string, label: Data, work: () => unknown, { nowait, uncaught }: Data = {}) {
    const client = clients.get(by)!
    const running = new Promise<void>((resolve) => {
      client.actor.onExit(() => resolve())
      client.actor.send(async () => {
        try {
          const value = await work()
          if (client.actor.alive) world.record(by, 'result', { ...label, value })
        } catch (error) {
          if (uncaught) fail(client, error)
          else if (client.actor.alive) world.record(by, 'result', { ...label, value: { exit: writeError(error) } })
        }
        resolve()
      })
    })
    if (!nowait) await world.until(running)
  }

  for (const spec of specs) start(spec)
  return { get: (name: string) => clients.get(name), names: () => [...clients.keys()], perform }
}

export type Clients = ReturnType<typeof createClients>

interface ClientScene {
  world: World
  clients: Clients
}

/** The steps of every family whose clients do things in their own names. */
export const clientActs = {
  settle: ({ world }: ClientScene) => world.settle(),
  sleep: ({ world }: ClientScene, { ms }: Data) => world.sleep(ms),

  exit({ clients, world }: ClientScene, { who, reason }: Data) {
    signalExit(clients.get(who)?.actor, reason, world.driver)
  },

  async finish({ clients, world }: ClientScene, { who }: Data) {
    await world.until(clients.get(who)!.actor.requestStop())
  },

  mailbox({ clients, world }: ClientScene, { by }: Data) {
    world.record(by, 'mailbox', { messages: [...clients.get(by)!.inbox] })
  },
}

/** A reason as it stands in a recording; `kill` cannot be caught. */
export function signalExit(victim: AnyActorRef | undefined, reason: string, from: AnyActorRef) {
  if (reason === 'kill') victim?.kill()
  else victim?.signal(readReason(reason), from)
}

/** A call that fails as its caller sees it: because the time was over, or because the server was or went down. */
export async function call<M>(
  server: ActorRef<M> | undefined,
  ask: (server: ActorRef<M>) => Promise<unknown>,
): Promise<unknown> {
  if (!server?.alive) throw new CallFailed('in_call:noproc')
  try {
    return await ask(server)
  } catch (error) {
    if (server.alive) throw error instanceof CallTimeout ? error : new CallFailed(`in_call:${writeError(error)}`)
    throw new CallFailed(`in_call:${exitOf(server)}`)
  }
}

function exitOf(server: ActorRef<never>): string {
  let text = 'noproc'
  server.onExit((reason) => {
    text = writeReason(reason)
  })
  return text
}
