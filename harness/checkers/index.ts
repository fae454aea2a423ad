import { atMostOnce } from './at-most-once.ts'
import { cartNeverLost } from './cart-never-lost.ts'
import { expectations } from './expectations.ts'
import { faultsWitnessed } from './faults-witnessed.ts'
import { joinedTopics } from './joined-topics.ts'
import { levelsAreNews } from './levels-are-news.ts'
import { neverOversold } from './never-oversold.ts'
import { noOrphans } from './no-orphans.ts'
import { noPresenceToShoppers } from './no-presence-to-shoppers.ts'
import { nodesAgreeWithDatabase } from './nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from './one-announcement-per-change.ts'
import { ordersChargedOnce } from './orders-charged-once.ts'
import { outlasted } from './outlasted.ts'
import { ownTopicsOnly } from './own-topics-only.ts'
import { presenceMatchesReality } from './presence-matches-reality.ts'
import { presenceToldOnce } from './presence-told-once.ts'
import { purchasesLinearizable } from './purchases-linearizable.ts'
import { pushesHandledOnce } from './pushes-handled-once.ts'
import { reached } from './reached.ts'
import { recoveryTime } from './recovery-time.ts'
import { releasedEverywhere } from './released-everywhere.ts'
import { replicationBounded } from './replication-bounded.ts'
import { tabsConverge } from './tabs-converge.ts'
import { viewsMatchFreshRender } from './views-match-fresh-render.ts'

/** Every law by its name. */
export const checkers = {
  'at-most-once': atMostOnce,
  'cart-never-lost': cartNeverLost,
  expectations,
  'faults-witnessed': faultsWitnessed,
  'joined-topics': joinedTopics,
  'levels-are-news': levelsAreNews,
  'never-oversold': neverOversold,
  'no-orphans': noOrphans,
  'no-presence-to-shoppers': noPresenceToShoppers,
  'nodes-agree-with-database': nodesAgreeWithDatabase,
  'one-announcement-per-change': oneAnnouncementPerChange,
  'orders-charged-once': ordersChargedOnce,
  outlasted: outlasted({}),
  'own-topics-only': ownTopicsOnly,
  'presence-matches-reality': presenceMatchesReality,
  'presence-told-once': presenceToldOnce,
  'purchases-linearizable': purchasesLinearizable,
  'pushes-handled-once': pushesHandledOnce,
  reached: reached([]),
  'recovery-time': recoveryTime(10_000),
  'released-everywhere': releasedEverywhere,
  'replication-bounded': replicationBounded,
  'tabs-converge': tabsConverge,
  'views-match-fresh-render': viewsMatchFreshRender,
} as const
