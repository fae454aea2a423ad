import { defineModule } from '../../node/module.ts'
import { processUsage } from '../../platform/usage.ts'
import { bundles } from './bundles.ts'
import { workshopConfig } from './config.ts'
import { workshopControlActions } from './control-actions.ts'
import { createPanels } from './live/panels.ts'
import { panelSource } from './live/source.ts'
import { workshopRoutes } from './web.ts'
import { createWorkshop, type Panel } from './workshop.ts'

/** The workshop: one slow resource, used in the request, in the background, and through a pipeline (MR-1..26). */
export const workshopModule = defineModule({
  name: 'workshop',
  config: workshopConfig,
  bundles,
  create({ config, runtime, clock, log, metrics, secret }) {
    const workshop = createWorkshop({ config, runtime, clock, log, metrics, usage: processUsage })
    const source = panelSource(workshop, `http://${config.PUBLIC_HOST}:${config.PORT}`)
    const panels = createPanels({ source, secret, clock, log })
    return {
      sockets: [panels.socket],
      beforeChildren: [{ name: 'history of runs', stop: workshop.stop }],
      children: workshop.children,
      routes: (web) => workshopRoutes(web, { workshop, panels, heartbeatMs: config.CLIENT_HEARTBEAT_MS }),
      controlActions: workshopControlActions(workshop),
      holds: () => holdsOf(workshop.panel()),
      state: () => ({ workshop: workshop.panel() }),
    }
  },
})

const holdsOf = ({ counts: { inside, unprocessed } }: Panel) => ({
  pending: { usesOfMockResource: inside, unprocessedEvents: unprocessed },
})
