import { expect, it } from 'vitest'
import { describeSkipped } from '../../../harness/simulation/skipped.ts'

it('what the simulator skips is listed by reason (FI-18)', () => {
  expect(describeSkipped({ 'link.loss': 2, when: 1, 'link.poor': 3, juggle: 1 })).toEqual([
    'skipped link.loss (2), link.poor (3): the simulated network carries whole messages: none has a size, and no packet is lost',
    'skipped when (1): the simulator begins a fault that waits for a point of the scenario with its round',
    'skipped juggle (1): the simulator does not know it',
  ])
})
