import { defineModule } from '../../node/module.ts'
import { createTracker } from '../../presence/index.ts'
import { authSocket } from './auth-socket.ts'
import { bundles } from './bundles.ts'
import { helloConfig } from './config.ts'
import { createOnlineUsers } from './pipeline/online-users.ts'
import { createPipeline } from './pipeline/pipeline.ts'
import { pushAction } from './pipeline/push-action.ts'
import { statsSocket } from './stats-socket.ts'
import { trackedChannel } from './tracked-channel.ts'
import { userSocket } from './user-socket.ts'
import { createUserTokens } from './user-token.ts'
import { helloPages } from './web.ts'

/** HelloSockets: three sockets that show what channels can do, a page that joins them (CH-115..CH-133), and a pipeline that pushes to users. */
export const helloModule = defineModule({
  name: 'hello',
  config: helloConfig,
  bundles,
  create(context) {
    const { config, pubsub, clock, random, log, secret, metrics } = context
    const tokens = createUserTokens({ secret, clock, ageMaxS: config.USER_TOKEN_AGE_S })
    const online = createOnlineUsers()
    const tracker = createTracker({
      name: 'UserTracker',
      pubsub,
      clock,
      log,
      shards: config.TRACKER_SHARDS,
      downAfterMs: config.TRACKER_DOWN_MS,
      onDiff(topic, { joins, leaves }) {
        online.apply({ joins, leaves })
        log.info({ topic, joins: joins.length, leaves: leaves.length }, 'tracked changes')
      },
    })
    const pipeline = createPipeline({ ...context, online })
    const channels = { tracked: trackedChannel(tracker, clock.now) }
    return {
      sockets: [
        userSocket,
        authSocket({ tokens, log, clock, metrics, recurringMs: config.RECURRING_TOKEN_MS, channels }),
        statsSocket({ clock, random, metrics, slowPingMs: config.SLOW_PING_MS }),
      ],
      beforeChildren: pipeline.parts,
      children: [pipeline.child],
      controlActions: [pushAction(pipeline.producer)],
      state: () => ({ pipeline: pipeline.state() }),
      afterPubSub: [{ name: 'UserTracker', start: tracker.start, stop: tracker.stop }],
      holds: () => {
        const { unsentChanges, ...held } = tracker.held()
        return { ...held, pending: { unsentChanges } }
      },
      routes: (web) =>
        helloPages(web, {
          tokens,
          heartbeatMs: config.CLIENT_HEARTBEAT_MS,
          pushTimeoutMs: config.HELLO_PUSH_TIMEOUT_MS,
        }),
    }
  },
})
