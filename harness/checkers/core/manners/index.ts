import type { Checker } from '../../../verdict/checker.ts'
import { callersFailAtOnce } from './callers-fail-at-once.ts'
import { clientsBackOff } from './clients-back-off.ts'
import { connectionsEndForAReason } from './connections-end-for-a-reason.ts'
import { noUnexplainedErrors } from './no-unexplained-errors.ts'
import { nodesStopInOrder } from './nodes-stop-in-order.ts'
import { peersAgreeAgain } from './peers-agree-again.ts'

/** How clients and nodes behave: they judge every scenario, because the runner records what they look at in each. */
export const manners: readonly Checker[] = [
  callersFailAtOnce,
  clientsBackOff,
  connectionsEndForAReason,
  noUnexplainedErrors,
  nodesStopInOrder,
  peersAgreeAgain,
]
