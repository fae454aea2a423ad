import type { Endpoint } from '../channels/index.ts'
import type { ControlPages } from '../control/pages.ts'
import { createObserver, type Observer, observerRoutes } from '../observer/index.ts'
import { systemClock } from '../platform/clock.ts'
import type { PubSubAdapter } from '../pubsub/index.ts'
import type { Supervisor } from '../runtime/index.ts'
import type { AppContext } from './module.ts'

interface Inspected {
  context: Pick<AppContext, 'config' | 'runtime' | 'pubsub' | 'log'>
  endpoint: Endpoint
  adapter: PubSubAdapter | undefined
  actors: Supervisor
}

export interface Inspector {
  pages(secret: string): ControlPages
  /** Ends what is measured. */
  stop(): void
}

/** The inspector of a node (RT-70); it is made when somebody looks for the first time. */
export function createInspector({ context, endpoint, adapter, actors }: Inspected): Inspector {
  const { config, runtime, pubsub, log } = context
  const node = config.SQUALL_NODE
  let made: Observer | undefined

  function observer(): Observer {
    made ??= createObserver({
      node,
      runtime,
      top: actors,
      connections: endpoint.traffic,
      dropConnection: endpoint.dropConnection,
      sentToNodes: () => adapter?.sent() ?? {},
      peers: pubsub.peers,
      clock: systemClock,
      log,
    })
    return made
  }

  return { pages: (secret) => observerRoutes({ node, secret, observer }), stop: () => made?.stop() }
}
