import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

interface Unreadable {
  why: string
  beginning: string
}

/** Whatever a node sends to a client is a message of the protocol that the client speaks (CH-14, CH-36). */
export const framesReadable: Checker = {
  name: 'frames-readable',
  judgesOpen: true,
  invariant: 'every frame that a client receives is a message of its version of the protocol',
  needs: (history) => history.of('receive').length + history.of('unreadable').length > 0,
  check(history) {
    const [first, ...more] = history.of('unreadable')
    if (first) {
      const { why, beginning } = first.value as Unreadable
      const others = more.length > 0 ? `, and ${more.length} more` : ''
      return violated(`unreadable: ${first.who} received ${beginning} from ${first.node}: ${why}${others}`, { first })
    }
    const received = history.of('receive').length
    return received === 0 ? unknown('nobody received anything') : passed(`${count(received, 'message')} received`)
  },
}
