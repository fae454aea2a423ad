import { type Checker, judge } from '../../../verdict/checker.ts'
import { cartNeverLost } from './cart-never-lost.ts'
import { launchPagesRight } from './launch-pages-right.ts'
import { livePagesMatchFreshRender } from './live-pages-match-fresh-render.ts'
import { neverOversold } from './never-oversold.ts'
import { noPresenceToShoppers } from './no-presence-to-shoppers.ts'
import { noRedundantStockBroadcast } from './no-redundant-stock-broadcast.ts'
import { nodesAgreeWithDatabase } from './nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from './one-announcement-per-change.ts'
import { ordersChargedOnce } from './orders-charged-once.ts'
import { ownTopicsOnly } from './own-topics-only.ts'
import { pageStatusTrue } from './page-status-true.ts'
import { pagesMatchDatabase } from './pages-match-database.ts'
import { pagesServedProperly } from './pages-served-properly.ts'
import { presenceChangesAddUp } from './presence-changes-add-up.ts'
import { presenceJoinDeliveredOnce } from './presence-join-delivered-once.ts'
import { presenceMatchesReality } from './presence-matches-reality.ts'
import { purchasesLinearizable } from './purchases-linearizable.ts'
import { refusedForAReason } from './refused-for-a-reason.ts'
import { releasedEverywhere } from './released-everywhere.ts'
import { rendersMatchDatabase } from './renders-match-database.ts'
import { replicationBounded } from './replication-bounded.ts'
import { stakesKept } from './stakes-kept.ts'
import { tabsConverge } from './tabs-converge.ts'
import { viewsMatchFreshRender } from './views-match-fresh-render.ts'

/** All checkers of the store. */
export const checkers: readonly Checker[] = [
  cartNeverLost,
  launchPagesRight,
  livePagesMatchFreshRender,
  neverOversold,
  noPresenceToShoppers,
  noRedundantStockBroadcast,
  nodesAgreeWithDatabase,
  oneAnnouncementPerChange,
  ordersChargedOnce,
  ownTopicsOnly,
  pageStatusTrue,
  pagesMatchDatabase,
  pagesServedProperly,
  presenceChangesAddUp,
  presenceJoinDeliveredOnce,
  presenceMatchesReality,
  purchasesLinearizable,
  refusedForAReason,
  releasedEverywhere,
  rendersMatchDatabase,
  replicationBounded,
  stakesKept,
  tabsConverge,
  viewsMatchFreshRender,
]

/** Judges where there is evidence: a scenario that is about something else need not have any. */
const withEvidence = (checker: Checker): Checker => ({
  ...checker,
  needs: (history) => judge(checker, history).outcome !== 'unknown',
})

/** What must be right whatever a scenario is about: pages, refusals, carts, orders and stock. */
export const judgesAlways: readonly Checker[] = [
  pageStatusTrue,
  pagesMatchDatabase,
  pagesServedProperly,
  refusedForAReason,
  ...[
    cartNeverLost,
    neverOversold,
    nodesAgreeWithDatabase,
    ordersChargedOnce,
    presenceChangesAddUp,
    purchasesLinearizable,
    tabsConverge,
    viewsMatchFreshRender,
  ].map(withEvidence),
]
