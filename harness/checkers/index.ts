import { atMostOnce } from './at-most-once.ts'
import { expectations } from './expectations.ts'
import { faultsWitnessed } from './faults-witnessed.ts'
import { joinedTopics } from './joined-topics.ts'
import { neverOversold } from './never-oversold.ts'
import { nodesAgreeWithDatabase } from './nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from './one-announcement-per-change.ts'
import { ownTopicsOnly } from './own-topics-only.ts'
import { recoveryTime } from './recovery-time.ts'
import { releasedEverywhere } from './released-everywhere.ts'
import { replicationBounded } from './replication-bounded.ts'
import { viewsMatchFreshRender } from './views-match-fresh-render.ts'

/** Every law by its name. */
export const checkers = {
  'at-most-once': atMostOnce,
  expectations,
  'faults-witnessed': faultsWitnessed,
  'joined-topics': joinedTopics,
  'never-oversold': neverOversold,
  'nodes-agree-with-database': nodesAgreeWithDatabase,
  'one-announcement-per-change': oneAnnouncementPerChange,
  'own-topics-only': ownTopicsOnly,
  'recovery-time': recoveryTime(10_000),
  'released-everywhere': releasedEverywhere,
  'replication-bounded': replicationBounded,
  'views-match-fresh-render': viewsMatchFreshRender,
} as const
