import { createLive, liveSession, route } from '../../../live/index.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import { counterView } from './counter.ts'
import { dropsView } from './drops.ts'
import { dropsByComponentView } from './drops-by-component.ts'
import { finderView } from './finder.ts'
import { createShownListings, type ShownListingsOptions } from './shown-listings.ts'

interface StoreLiveOptions extends ShownListingsOptions {
  secret: string
  salt: string
  clock: Pick<Clock, 'now'>
  log: Log
}

export type StoreLive = ReturnType<typeof createStoreLive>

/** The live pages of the shop, on `/live` (LV-11): views with a route, and the counter, which its controller renders (LV-15). */
export function createStoreLive({ products, stateOf, ...options }: StoreLiveOptions) {
  const shown = createShownListings({ products, stateOf })
  return createLive({
    ...options,
    sessions: [
      liveSession('shop', [
        route('/drops', dropsView(shown)),
        route('/drops/by-component', dropsByComponentView(shown)),
        route('/drops/finder', finderView(shown)),
      ]),
    ],
    views: [counterView],
  })
}
