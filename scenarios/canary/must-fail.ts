import { scenariosFor } from '../../harness/index.ts'
import { listings, openShop, sees } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** Expects what is not so. A run of it that passes means that this harness cannot say no. */
export default scenario({
  id: 'canary/must-fail',
  title: 'a scenario that is not true',
  invariant: 'The shop shows sizes before anything was released.',
  covers: ['DF-126'],
  tags: ['browser'],
  canary: true,
  given: { nodes: 1 },
  steps: [step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1')))],
  expectations: [
    after(1, 'product 1 has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
})
