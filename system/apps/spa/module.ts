import { defineModule } from '../../node/module.ts'
import { bundles } from './bundles.ts'
import { spaConfig } from './config.ts'
import { spaPage } from './page.ts'
import { createPings } from './pings.ts'
import { spaSocket } from './socket.ts'

/** The React example: pages below `/spa`, which the browser changes without loading a document (RX-1..18). */
export const spaModule = defineModule({
  name: 'spa',
  config: spaConfig,
  bundles,
  create({ config, pubsub, clock }) {
    const { start, stop } = createPings({ pubsub, clock, everyMs: config.SPA_PING_MS })
    const page = spaPage(config.CLIENT_HEARTBEAT_MS)
    return {
      sockets: [spaSocket],
      afterPubSub: [{ name: 'pings', start, stop }],
      routes(web) {
        for (const path of ['/spa', '/spa/*'])
          web.get(path, async (_request, answer) => answer.type('text/html; charset=utf-8').send(page))
      },
    }
  },
})
