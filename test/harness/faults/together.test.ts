import { describe, expect, it } from 'vitest'
import { type Fault, seen, unseen } from '../../../harness/faults/fault.ts'
import { together } from '../../../harness/faults/together.ts'

function part(target: string, { isFelt = true } = {}) {
  const done: string[] = []
  const fault: Fault = {
    inject: async () => void done.push('inject'),
    witnessOn: async () => (isFelt ? seen('felt') : unseen('nobody felt it')),
    heal: async () => void done.push('heal'),
    witnessOff: async () => seen('over'),
  }
  return { target, fault, done }
}

describe('several faults as one (FI-7)', () => {
  it('are injected and healed together, and witnessed when each of them is', async () => {
    const parts = [part('n1->n2'), part('n2->n1')]
    const whole = together(parts)
    await whole.inject()
    expect(await whole.witnessOn()).toEqual(seen('n1->n2: felt; n2->n1: felt'))
    await whole.heal()
    expect(parts.map(({ done }) => done)).toEqual([
      ['inject', 'heal'],
      ['inject', 'heal'],
    ])
  })

  it('are not witnessed when one of them is not, and say which', async () => {
    const whole = together([part('n1->n2'), part('n2->n1', { isFelt: false })])
    expect(await whole.witnessOn()).toEqual(unseen('n2->n1: nobody felt it'))
  })

  it('are just that one when they are one', async () => {
    expect(await together([part('n1')]).witnessOn()).toEqual(seen('felt'))
  })
})
