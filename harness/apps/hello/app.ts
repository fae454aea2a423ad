import { defineApp } from '../../app.ts'
import { pipelineItemsAccounted } from './checkers/pipeline-items-accounted.ts'
import { type DemoPage, openDemoPage } from './demo-page.ts'
import { createPipeline, pipelineFinals } from './pipeline.ts'

/** HelloSockets: people who open its page, users who listen, and what is pushed to them through its pipeline. */
export const helloApp = defineApp({
  name: 'hello',
  needs: ['control'],
  checkers: [pipelineItemsAccounted],
  open(tools) {
    const { cluster, recorder } = tools.context
    const pages: DemoPage[] = []
    return {
      members: {
        ...createPipeline(tools),
        /** Opens the demo page in a browser, as any user. */
        async demoPage(name: string, node: string, userId = '1'): Promise<DemoPage> {
          const browser = await tools.browsers.get({ bfcache: false })
          const page = await openDemoPage({ name, node, userId, browser, cluster, recorder })
          pages.push(page)
          return page
        },
      },
      present: async () => pages.map(({ present }) => present()),
      hasSettled: async () => (await pipelineFinals(tools.context)).every(({ value }) => value.running === 0),
      shown: async () => (await pipelineFinals(tools.context)).map(({ value }) => value),
      finalReads: () => pipelineFinals(tools.context),
      async saveEvidence(folder) {
        const files = await Promise.allSettled(pages.map((one) => one.saveEvidence(folder)))
        return files.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
      },
      async close() {
        await Promise.all(pages.map((one) => one.close().catch(() => {})))
      },
    }
  },
})
