import { scenariosFor } from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor()

export default scenario({
  id: 'channels/bad-route',
  title: 'a star in the middle of a route stops the start',
  invariant: 'A node that is configured with the route product:*a refuses to start, and says why.',
  covers: ['CH-47', 'DF-14'],
  given: { nodes: 1 },
  steps: [
    step('start a node with a bad route', async (context) => {
      const node = await context.cluster.spare('n9', { STORE_PRODUCT_ROUTE: 'product:*a', CLUSTER_PEERS: '' })
      await node.start().catch((error: Error) => context.scratch.set('refusal', error.message))
    }),
  ],
  expectations: [
    after(1, 'it refused, and said why', async (context) => {
      const refusal = String(context.scratch.get('refusal') ?? 'the node started')
      if (!refusal.includes('channels using splat patterns must end with *')) throw new Error(refusal)
    }),
  ],
})
