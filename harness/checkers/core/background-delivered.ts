import { isBackground } from '../../history/background.ts'
import type { Checker } from '../../verdict/checker.ts'
import { judgeDeliveries } from './at-most-once.ts'

/** The same as `at-most-once`, of the messages of the background, in every scenario: all sizes, in every version, over every transport (AM-1, AM-6, CH-36). */
export const backgroundDelivered: Checker = {
  name: 'background-delivered',
  invariant:
    'every message of the background arrives unaltered, once and in order at everybody who has joined its topic and at nobody else, unless a witnessed fault explains its loss',
  needs: (history) => history.of('publish').some(({ who }) => isBackground(who)),
  check: (history) => judgeDeliveries(history, isBackground),
}
