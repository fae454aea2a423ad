import { isBackground } from '../../history/background.ts'
import type { History } from '../../history/history.ts'
import type { Checker } from '../../verdict/checker.ts'
import { judgeJoins } from './joined-topics.ts'

const isThere = (history: History) => history.of('final', 'joined').some(({ who }) => isBackground(who))

/** The same as `joined-topics`, of the clients of the background, in every scenario. */
export const backgroundJoined: Checker = {
  name: 'background-joined',
  invariant: 'after settling, every client of the background is connected and joined to all of its topics',
  needs: isThere,
  check: (history) => judgeJoins(history, isBackground),
}
