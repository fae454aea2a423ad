import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

interface Expectation {
  after: number
  text: string
  met: boolean
}

/** What the scenario said beforehand that one would see after its steps (AT-1). */
export const expectations: Checker = {
  name: 'expectations',
  invariant: 'after each step one sees what the scenario says',
  judgesOpen: true,
  check(history) {
    const all = history.of('expectation')
    const failed = all.find(({ value }) => !(value as Expectation).met)
    const { after, text } = (failed?.value ?? {}) as Expectation
    if (failed) return violated(`after step ${after}: ${text}: ${failed.error}`, { step: after })
    return all.length === 0 ? unknown('no expectation was reached') : passed(`${count(all.length, 'expectation')} met`)
  },
}
