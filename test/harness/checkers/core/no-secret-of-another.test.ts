import { describe, expect, it } from 'vitest'
import { noSecretOfAnother } from '../../../../harness/checkers/core/no-secret-of-another.ts'
import { answerTo, loggedBy, markOf, marksIn, secretOf } from '../../../../harness/history/marks.ts'
import { checkersFor } from '../../../../harness/runner/checkers-of.ts'
import type { Scenario } from '../../../../harness/scenario.ts'
import { historyOf, type TestEvent } from '../../../support/histories.ts'

const [ofAnna, ofBen] = ['anna-0123456789-0123456789', 'ben-0123456789-0123456789']
const annas = secretOf('anna', 'the cart id', ofAnna)
const page = (who: string, ...secrets: string[]) => answerTo(who, 'the answer to GET /', `<p>${secrets.join(' ')}</p>`)
const frame = (who: string, topic: string, text: string): TestEvent => ({
  type: 'receive',
  who,
  topic,
  event: 'cart',
  marks: marksIn(text),
})
const check = (...events: TestEvent[]) => noSecretOfAnother.check(historyOf(...events))

describe('no-secret-of-another (CT-18)', () => {
  it('passes when everybody is given only their own, in each of their tabs', () => {
    const bens = secretOf('ben', 'the cart id', ofBen)
    const verdict = check(annas, page('anna', ofAnna), bens, page('ben#2', ofBen), frame('anna#2', 'cart', ofAnna))
    expect(verdict).toMatchObject({
      outcome: 'passed',
      why: '2 secrets of 2 owners, none in 3 answers to others or 0 logs',
    })
  })

  it('is violated when somebody is given a page with a secret of another', () => {
    expect(check(annas, page('anna', ofAnna), page('ben', 'x', ofAnna)).why).toBe(
      'leak: ben was given the cart id of anna in the answer to GET /',
    )
  })

  it('is violated by a frame, and by an answer that came before its secret was known', () => {
    expect(check(annas, frame('ben', 'cart:[id]', ofAnna)).why).toBe(
      'leak: ben was given the cart id of anna in cart on cart:[id]',
    )
    expect(check(page('ben', ofAnna), annas).outcome).toBe('violated')
  })

  it('is violated when two have one secret: it belongs to the first', () => {
    const same = secretOf('ben', 'the cart id', ofAnna)
    expect(check(annas, page('anna', ofAnna), same, page('ben', ofAnna)).why).toMatch(/^leak: ben .* of anna/)
  })

  it('is violated when the log of a node holds a secret, as it is or inside a token', () => {
    const log = (text: string) => loggedBy('n1', text, new Set([markOf(ofAnna)]))
    const token = `${Buffer.from('{}').toString('base64url')}.${Buffer.from(`{"id":"${ofAnna}"}`).toString('base64url')}.signed`
    expect(check(annas, log('{"msg":"a client is here"}')).why).toBe(
      '1 secret of 1 owner, none in 0 answers to others or 1 log',
    )
    for (const text of [`{"msg":"joined","payload":{"id":"${ofAnna}"}}`, `{"url":"/socket?token=${token}&vsn=2.0.0"}`])
      expect(check(annas, log(text)).why).toBe('leak: the log of n1 holds the cart id of anna')
  })

  it('knows nothing without secrets, or when nobody else was given anything', () => {
    expect(check(page('anna', ofAnna)).outcome).toBe('unknown')
    expect(check(annas, page('anna', ofAnna), frame('anna#2', 'cart', ofAnna)).outcome).toBe('unknown')
  })

  it('judges every scenario whose run left the evidence for it', () => {
    const scenario = { expectations: [] } as unknown as Scenario
    expect(checkersFor(scenario, historyOf(annas, page('ben', ofBen))).checkers).toContain(noSecretOfAnother)
    expect(checkersFor(scenario, historyOf(annas)).checkers).not.toContain(noSecretOfAnother)
  })
})
