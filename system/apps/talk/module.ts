import { randomUUID } from 'node:crypto'
import { connected, socket } from '../../channels/index.ts'
import { defineModule } from '../../node/module.ts'
import { bundles } from './bundles.ts'
import { talkConfig } from './config.ts'
import { talkControlActions } from './control-actions.ts'
import { exportChannel } from './exports/export-channel.ts'
import { createTalk } from './talk.ts'
import { talkRoutes } from './web.ts'

/** The demos of the talk: parallel requests, an export with progress, jobs and scheduled work, a cache, shared access (RT-36..54). */
export const talkModule = defineModule({
  name: 'talk',
  config: talkConfig,
  bundles,
  create(context) {
    const talk = createTalk({ ...context, newId: randomUUID })
    return {
      sockets: [
        socket({
          name: 'TalkSocket',
          path: '/talk_socket',
          channels: { 'export:*': exportChannel(talk.exports) },
          connect: () => connected(),
        }),
      ],
      beforeChildren: [{ name: 'database of the talk', stop: talk.stop }],
      children: talk.children,
      routes: (web) => talkRoutes(web, { talk, heartbeatMs: context.config.CLIENT_HEARTBEAT_MS }),
      controlActions: talkControlActions(talk),
      holds: talk.holds,
      state: () => ({ talk: talk.state() }),
    }
  },
})
