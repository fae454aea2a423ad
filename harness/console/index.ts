import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { openConsole, type ShopAddress } from './console.ts'
import { type ConsoleServer, serveConsole } from './server.ts'
import { openSessions } from './session.ts'

export interface StartedConsole {
  /** With the token. */
  url: string
  /** The shop of each node, through a link of its own. */
  shop: ShopAddress[]
  close(): Promise<void>
}

type Options = Omit<Parameters<typeof openSessions>[0], 'cluster'> & { cluster: Cluster; root: string; port: number }

/** Who uses the shop by hand: `visitor->n1` can be cut. */
const visitor = 'visitor'

/** Begins to watch a cluster and serves the console, until it is closed. */
export async function startConsole({ root, port, ...options }: Options): Promise<StartedConsole> {
  const { cluster } = options
  const shop = await Promise.all(
    cluster.nodes
      .filter(({ hasWeb }) => hasWeb)
      .map(async ({ name }) => {
        const link = await cluster.links.link(visitor, name)
        return { node: name, url: link.url, link: link.name }
      }),
  )
  const sessions = await openSessions(options)
  const its = openConsole({ cluster, sessions, shop })
  let server: ConsoleServer
  try {
    const token = randomBytes(24).toString('base64url')
    server = await serveConsole({ port, token, assets: join(root, 'dist', 'console'), console: its })
  } catch (error) {
    await its.close()
    throw error
  }
  return {
    url: server.url,
    shop,
    async close() {
      await server.close()
      await its.close()
    },
  }
}
