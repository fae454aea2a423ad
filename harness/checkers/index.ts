import { cartNeverLost } from '../apps/store/checkers/cart-never-lost.ts'
import { neverOversold } from '../apps/store/checkers/never-oversold.ts'
import { noPresenceToShoppers } from '../apps/store/checkers/no-presence-to-shoppers.ts'
import { noRedundantStockBroadcast } from '../apps/store/checkers/no-redundant-stock-broadcast.ts'
import { nodesAgreeWithDatabase } from '../apps/store/checkers/nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from '../apps/store/checkers/one-announcement-per-change.ts'
import { ordersChargedOnce } from '../apps/store/checkers/orders-charged-once.ts'
import { presenceJoinDeliveredOnce } from '../apps/store/checkers/presence-join-delivered-once.ts'
import { presenceMatchesReality } from '../apps/store/checkers/presence-matches-reality.ts'
import { purchasesLinearizable } from '../apps/store/checkers/purchases-linearizable.ts'
import { releasedEverywhere } from '../apps/store/checkers/released-everywhere.ts'
import { replicationBounded } from '../apps/store/checkers/replication-bounded.ts'
import { tabsConverge } from '../apps/store/checkers/tabs-converge.ts'
import { viewsMatchFreshRender } from '../apps/store/checkers/views-match-fresh-render.ts'
import { atMostOnce } from './core/at-most-once.ts'
import { expectations } from './core/expectations.ts'
import { faultOutlastsTimer } from './core/fault-outlasts-timer.ts'
import { faultsWitnessed } from './core/faults-witnessed.ts'
import { joinedTopics } from './core/joined-topics.ts'
import { noOrphans } from './core/no-orphans.ts'
import { ownTopicsOnly } from './core/own-topics-only.ts'
import { pushesHandledOnce } from './core/pushes-handled-once.ts'
import { reached } from './core/reached.ts'
import { recoveryTime } from './core/recovery-time.ts'

/** Every checker by its name. */
export const checkers = {
  'at-most-once': atMostOnce,
  'cart-never-lost': cartNeverLost,
  expectations,
  'faults-witnessed': faultsWitnessed,
  'joined-topics': joinedTopics,
  'no-redundant-stock-broadcast': noRedundantStockBroadcast,
  'never-oversold': neverOversold,
  'no-orphans': noOrphans,
  'no-presence-to-shoppers': noPresenceToShoppers,
  'nodes-agree-with-database': nodesAgreeWithDatabase,
  'one-announcement-per-change': oneAnnouncementPerChange,
  'orders-charged-once': ordersChargedOnce,
  'fault-outlasts-timer': faultOutlastsTimer({}),
  'own-topics-only': ownTopicsOnly,
  'presence-matches-reality': presenceMatchesReality,
  'presence-join-delivered-once': presenceJoinDeliveredOnce,
  'purchases-linearizable': purchasesLinearizable,
  'pushes-handled-once': pushesHandledOnce,
  reached: reached([]),
  'recovery-time': recoveryTime(10_000),
  'released-everywhere': releasedEverywhere,
  'replication-bounded': replicationBounded,
  'tabs-converge': tabsConverge,
  'views-match-fresh-render': viewsMatchFreshRender,
} as const
