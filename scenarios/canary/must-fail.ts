import { after, scenario, step } from '../../harness/index.ts'
import { listings, openShop, sees } from '../support.ts'

/** Expects what is not so. A run of it that passes means that this harness cannot say no. */
export default scenario({
  id: 'canary/must-fail',
  title: 'a story that is not true',
  define: 'The shop shows sizes before anything was released.',
  covers: ['DF-126'],
  canary: true,
  given: { nodes: 1 },
  steps: [step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1')))],
  expectations: [after(1, 'product 1 has sizes', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' })))],
})
