import { type LiveSession, liveSession, route } from '../../../system/live/index.ts'
import type { Clock } from '../../../system/platform/clock.ts'
import type { PubSub } from '../../../system/pubsub/index.ts'
import { asyncView } from './views/async.ts'
import { attrsView } from './views/attrs.ts'
import { bounceView } from './views/bounce.ts'
import { compView } from './views/comp.ts'
import { counterView } from './views/counter.ts'
import { formView } from './views/form.ts'
import { hookView } from './views/hook.ts'
import { keyedView } from './views/keyed.ts'
import { mountView } from './views/mount.ts'
import { type CsrfTokenOf, navAView, navBView, otherView } from './views/nav.ts'
import { nestedPageView } from './views/nested.ts'
import { productsView } from './views/products.ts'
import { streamView } from './views/stream.ts'
import { tickView } from './views/tick.ts'

interface Deps {
  pubsub: PubSub
  clock: Pick<Clock, 'sleep'>
  csrfTokenOf: CsrfTokenOf
}

/** Pages that the application only names. */
export const otherPages: readonly string[] = ['/hello']

/** Where the views of the compatibility application stand. */
export const liveSessions = ({ pubsub, clock, csrfTokenOf }: Deps): readonly LiveSession[] => [
  liveSession('main', [
    route('/counter', counterView),
    route('/products', productsView(pubsub)),
    route('/form', formView),
    route('/nav/a/:id', navAView(csrfTokenOf)),
    route('/nav/b', navBView),
    route('/bounce/:how', bounceView),
    route('/stream', streamView),
    route('/tick', tickView),
    route('/hook', hookView),
    route('/comp', compView),
    route('/nested', nestedPageView),
    route('/mount', mountView),
    route('/mount/:how', mountView),
    route('/attrs', attrsView),
    route('/keyed', keyedView),
    route('/async', asyncView(clock)),
  ]),
  liveSession('other', [route('/other', otherView)]),
]
