import { WebSocket } from 'ws'
import { maskedFrame, upgradeTo } from '../load/frames.ts'
import { type Load, openLoad } from './client.ts'
import { type BenchServer, startServer } from './server.ts'
import type { Wire } from './wire.ts'

/** Pages that are open on a server of their own, and what changes one item there. */
export interface OpenPages {
  /** CPU time of the server, in us, for each page that is told of one change; the mean over `changes`. */
  cpuUsPerPage(changes: number): Promise<number>
  /** Sizes of the join's answer and of the frame of one change, in bytes. */
  bytes(): Promise<{ joined: number; changed: number }>
  close(): Promise<void>
}

export interface PagesOptions {
  /** `/drops` and the like; undefined for clients of the product channel. */
  path: string | undefined
  products: number
  pageCount: number
}

/** A server that was idle while others were measured is slow at first. */
const runInChanges = 3
const script = '../../system/apps/store/bench.ts'

export const startShop = (products: number): Promise<BenchServer> => startServer(script, [String(products)])

export async function openPages({ path, products, pageCount }: PagesOptions): Promise<OpenPages> {
  const server = await startShop(products)
  try {
    const join = await joinOf(server, path)
    const load = await openLoad(server.port, () => wireOf(join), pageCount)
    const trigger = await openLoad(server.port, () => wireOf(changeJoin), 1)
    const change = () => trigger.write(0, maskedFrame('["1","2","change","change",{}]'))
    return {
      async cpuUsPerPage(changes) {
        await tellOf(runInChanges, load, change)
        const before = await server.usage()
        await tellOf(changes, load, change)
        return ((await server.usage()).cpuUs - before.cpuUs) / changes / pageCount
      },
      bytes: () => bytesOf(server, join, change),
      async close() {
        load.close()
        trigger.close()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

interface Join {
  socketPath: string
  frame: string
}

const changeJoin: Join = { socketPath: '/bench', frame: '["1","1","change","phx_join",{}]' }
const elementPattern = /<div id="([^"]+)" data-phx-main data-phx-session="([^"]+)" data-phx-static="([^"]+)">/

/** All pages of a server join with the tokens of one request, each on its own connection. */
export async function joinOf({ port }: BenchServer, path: string | undefined): Promise<Join> {
  if (path === undefined) return { socketPath: '/product_socket', frame: '["1","1","product:1","phx_join",{}]' }
  const url = `http://127.0.0.1:${port}${path}`
  const [, id, session, staticToken] = elementPattern.exec(await (await fetch(url)).text()) ?? []
  if (!id) throw new Error(`${path} is no live page`)
  const payload = { url, params: { _mounts: 0 }, session, static: staticToken }
  return { socketPath: '/live', frame: JSON.stringify(['1', '1', `lv:${id}`, 'phx_join', payload]) }
}

export const wireOf = ({ socketPath, frame }: Join): Pick<Wire, 'hello' | 'steps'> => ({
  hello: upgradeTo(`${socketPath}/websocket?vsn=2.0.0&_csrf_token=bench`),
  steps: [{ send: maskedFrame(frame), awaitFrames: 1 }],
})

/** One change after the other, each when every page has been told of the one before. */
function tellOf(changes: number, load: Load, change: () => void): Promise<void> {
  const told = new Promise<void>((resolve) => {
    let arrived = 0
    let made = 1
    load.onFrames((_connection, frames) => {
      arrived += frames
      if (arrived < made * load.size) return
      if (made < changes) {
        made += 1
        return change()
      }
      load.onFrames(undefined)
      resolve()
    })
    change()
  })
  return Promise.race([told, load.lost])
}

/** What one more client is sent. */
async function bytesOf({ port }: BenchServer, { socketPath, frame }: Join, change: () => void) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${socketPath}/websocket?vsn=2.0.0&_csrf_token=bench`)
  const next = () => new Promise<number>((resolve) => socket.once('message', (data) => resolve(String(data).length)))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const joining = next()
  socket.send(frame)
  const joined = await joining
  const changing = next()
  change()
  const changed = await changing
  socket.close()
  return { joined, changed }
}
