import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { openSharedTable } from './shared-table.ts'
import {
  type Found,
  type Lookup,
  listCount,
  listName,
  serverOf,
  type ThreadLoad,
  type ThreadResult,
  type ThreadRole,
} from './thread-messages.ts'

/** A thread of the profiler: the actor that everybody asks, or a share of the clients. */
const role = workerData as ThreadRole
if (role.is === 'actor') beActor(role.ports)
else parentPort!.on('message', (load: ThreadLoad) => run(load, role).then((result) => parentPort!.postMessage(result)))

function beActor(ports: readonly MessagePort[]) {
  const servers = new Map(Array.from({ length: listCount }, (_, index) => [listName(index), serverOf(index)]))
  for (const port of ports)
    port.on('message', ({ client, name }: Lookup) =>
      port.postMessage({ client, server: servers.get(name) } satisfies Found),
    )
}

async function run(load: ThreadLoad, parts: Extract<ThreadRole, { is: 'clients' }>): Promise<ThreadResult> {
  const before = process.threadCpuUsage()
  const wrong = load.way === 'actor' ? await askActor(load, parts.actor) : lookIntoTable(load, parts.table)
  const { user, system } = process.threadCpuUsage(before)
  return { wrong, cpuMs: (user + system) / 1_000 }
}

/** Each client asks again when it was answered. */
function askActor({ clients, operations }: ThreadLoad, actor: MessagePort): Promise<number> {
  const done = new Array<number>(clients).fill(0)
  const ask = (client: number) => actor.postMessage({ client, name: listName(client + done[client]!) } satisfies Lookup)
  let wrong = 0
  let left = clients * operations
  return new Promise((resolve) => {
    const take = ({ client, server }: Found) => {
      if (server !== serverOf(client + done[client]!)) wrong += 1
      done[client]! += 1
      left -= 1
      if (done[client]! < operations) ask(client)
      if (left > 0) return
      actor.off('message', take)
      resolve(wrong)
    }
    actor.on('message', take)
    for (let client = 0; client < clients; client += 1) ask(client)
  })
}

/** Nobody is waited for, so the clients of a thread may as well come one after the other. */
function lookIntoTable({ clients, operations }: ThreadLoad, buffer: SharedArrayBuffer): number {
  const table = openSharedTable(buffer)
  let wrong = 0
  for (let client = 0; client < clients; client += 1)
    for (let index = 0; index < operations; index += 1)
      if (table.lookup(listName(client + index)) !== serverOf(client + index)) wrong += 1
  return wrong
}
