import { type AppTools, defineApp } from '../../app.ts'
import type { Present } from '../../history/inventory.ts'
import { openVisitor, type Visitor } from './visitor.ts'

/** The React example: people who walk through its pages. */
export const spaApp = defineApp({
  name: 'spa',
  open(tools) {
    const visitors = new Map<string, Visitor>()
    const all = () => [...visitors.values()]
    return {
      members: {
        /** Opens the first page in a browser of one's own; the same person again for a name that is there already. */
        async visitor(name: string, node: string): Promise<Visitor> {
          const found = visitors.get(name) ?? (await enter(tools, name, node))
          visitors.set(name, found)
          return found
        },
      },
      listeners: () => all().map(({ name, joins }) => ({ who: name, joins })),
      present: async () => all().map(presentOf),
      shown: async () => all().map(({ joins }) => joins()),
      async saveEvidence(folder) {
        const files = await Promise.allSettled(all().map((one) => one.saveEvidence(folder)))
        return files.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
      },
      async close() {
        await Promise.all(all().map((one) => one.close().catch(() => {})))
      },
    }
  },
})

async function enter({ context: { cluster, recorder }, browsers }: AppTools, name: string, node: string) {
  return openVisitor({ name, node, browser: await browsers.get({ bfcache: false }), cluster, recorder })
}

function presentOf({ name, node, joins }: Visitor): Present {
  const { expected } = joins()
  return { who: name, node, connections: Math.min(expected.length, 1), polls: 0, channels: expected.length }
}
