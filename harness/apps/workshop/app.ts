import type { Page } from 'playwright'
import { type AppTools, defineApp } from '../../app.ts'
import { loadWithinMs, openPage } from '../../clients/load-page.ts'
import { sendRequests } from '../../clients/request-load.ts'
import { type Burst, burstOf, type Endpoint, pathOf } from './burst.ts'
import { resourceLimitKept } from './checkers/resource-limit-kept.ts'
import { type WorkshopPanel, workshopControl } from './control.ts'

/** A panel of the workshop in a browser. */
export interface PanelViewer {
  /** The number that the page shows under this name, such as `inside`. */
  shown(name: string): Promise<number>
}

/** The workshop: load on its endpoints, its panels in browsers, and what the node counts. */
export const workshopApp = defineApp({
  name: 'workshop',
  needs: ['control'],
  checkers: [resourceLimitKept],
  open(tools) {
    const open: { who: string; node: string; page: Page }[] = []
    const controlOf = (node: string) => workshopControl(tools.context.cluster.node(node).control)
    return {
      members: {
        workshop: (node: string) => controlOf(node),
        /** `count` requests, `concurrency` at once; recorded with what the node counted. */
        burst: (node: string, endpoint: Endpoint, count: number, concurrency: number) =>
          runBurst(tools, node, { endpoint, count, concurrency }),
        /** Opens a panel and waits until it is connected. */
        async panel(who: string, node: string, path: '/part1' | '/part2'): Promise<PanelViewer> {
          const page = await openPanel(tools, node, path)
          open.push({ who, node, page })
          return { shown: async (name) => Number(await page.textContent(`[data-value="${name}"]`)) }
        },
      },
      present: async () => open.map(({ who, node }) => ({ who, node, connections: 1, polls: 0, channels: 1 })),
      hasSettled: async () => (await panelsOf(tools)).every(isIdle),
      async close() {
        await Promise.all(
          open.map(({ page }) =>
            page
              .context()
              .close()
              .catch(() => {}),
          ),
        )
      },
    }
  },
})

async function runBurst(
  { context: { cluster, recorder } }: AppTools,
  node: string,
  load: { endpoint: Endpoint; count: number; concurrency: number },
): Promise<Burst> {
  const { directUrl, control } = cluster.node(node)
  await workshopControl(control).clear()
  const result = await sendRequests({ ...load, url: `${directUrl}${pathOf[load.endpoint]}` })
  const burst = burstOf(load, result, await workshopControl(control).panel())
  recorder.record({ who: node, node, type: 'read', operation: 'workshop-burst', value: burst })
  return burst
}

async function openPanel({ context: { cluster }, browsers }: AppTools, node: string, path: string): Promise<Page> {
  const browser = await browsers.get({ bfcache: false })
  const page = await (await browser.newContext()).newPage()
  await openPage(page, `${cluster.node(node).directUrl}${path}`)
  await page.locator('[data-phx-main].phx-connected').waitFor({ timeout: loadWithinMs })
  return page
}

const panelsOf = ({ context: { cluster } }: AppTools): Promise<WorkshopPanel[]> =>
  Promise.all(cluster.nodes.map(({ control }) => workshopControl(control).panel()))

const isIdle = ({ counts: { inside, unprocessed } }: WorkshopPanel) => inside === 0 && unprocessed === 0
