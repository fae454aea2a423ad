import type { ContextOf } from './app.ts'
import { type AppName, apps } from './apps/index.ts'
import { scenariosOf, withAppOf } from './scenario.ts'

/** All that scenarios may import. */

/** The kit of a scenario file: `const { scenario, step, after } = scenariosFor('store')` for what needs the store, `scenariosFor()` for what needs no application. */
export const scenariosFor = scenariosOf(apps)

/** The context with the members of an application that takes part where the system has it (`alsoWith`); undefined where it has none. */
export const withApp = withAppOf(apps)

/** What a step can use: `ScenarioContext<'store'>` with the members of the store, `ScenarioContext` without any. */
export type ScenarioContext<Name extends AppName = never> = ContextOf<typeof apps, Name>

export { pipelineItemsAccounted } from './apps/hello/checkers/pipeline-items-accounted.ts'
export { adminCredentials } from './apps/store/admin.ts'
export { cartNeverLost } from './apps/store/checkers/cart-never-lost.ts'
export { launchPagesRight } from './apps/store/checkers/launch-pages-right.ts'
export { livePagesMatchFreshRender } from './apps/store/checkers/live-pages-match-fresh-render.ts'
export { neverOversold } from './apps/store/checkers/never-oversold.ts'
export { noPresenceToShoppers } from './apps/store/checkers/no-presence-to-shoppers.ts'
export { noRedundantStockBroadcast } from './apps/store/checkers/no-redundant-stock-broadcast.ts'
export { nodesAgreeWithDatabase } from './apps/store/checkers/nodes-agree-with-database.ts'
export { oneAnnouncementPerChange } from './apps/store/checkers/one-announcement-per-change.ts'
export { ordersChargedOnce } from './apps/store/checkers/orders-charged-once.ts'
export { ownTopicsOnly } from './apps/store/checkers/own-topics-only.ts'
export { pageStatusTrue } from './apps/store/checkers/page-status-true.ts'
export { presenceJoinDeliveredOnce } from './apps/store/checkers/presence-join-delivered-once.ts'
export { presenceMatchesReality } from './apps/store/checkers/presence-matches-reality.ts'
export { purchasesLinearizable } from './apps/store/checkers/purchases-linearizable.ts'
export { releasedEverywhere } from './apps/store/checkers/released-everywhere.ts'
export { replicationBounded } from './apps/store/checkers/replication-bounded.ts'
export { stakesKept } from './apps/store/checkers/stakes-kept.ts'
export { tabsConverge } from './apps/store/checkers/tabs-converge.ts'
export { viewsMatchFreshRender } from './apps/store/checkers/views-match-fresh-render.ts'
export { isOnSale, storeControl } from './apps/store/control.ts'
export { storePoints } from './apps/store/points.ts'
export type { Tab } from './apps/store/shopper.ts'
export { drawStakes, openEars, performRound } from './apps/store/stakes/perform.ts'
export { visitCheckout, type WireShopper } from './apps/store/wire-shopper.ts'
export { openWireTab, type WireTab } from './apps/store/wire-tab.ts'
export { oneRunPerJob } from './apps/talk/checkers/one-run-per-job.ts'
export { oneServerPerList } from './apps/todo/checkers/one-server-per-list.ts'
export { todoEntriesKept } from './apps/todo/checkers/todo-entries-kept.ts'
export { resourceLimitKept } from './apps/workshop/checkers/resource-limit-kept.ts'
export { type AccessTried, accessAsStated } from './checkers/core/access-as-stated.ts'
export { atMostOnce } from './checkers/core/at-most-once.ts'
export { joinedTopics } from './checkers/core/joined-topics.ts'
export { liveFramesBounded } from './checkers/core/live-frames-bounded.ts'
export { pushesHandledOnce } from './checkers/core/pushes-handled-once.ts'
export { recoveryTime } from './checkers/core/recovery-time.ts'
export { type Conversation, createVisitor, type HttpAnswer, type Visitor } from './clients/visitor.ts'
export type { WireClient } from './clients/wire-client.ts'
export { defineConfig, type SquallConfig } from './config.ts'
export { type HoldPoint, holdAt } from './faults/hold.ts'
export { requireMetrics } from './faults/metrics-stop.ts'
export { longestStallIn } from './history/manners.ts'
export type { OperationEnd } from './history/operation.ts'
export { describeReconnects, type Reconnects, reconnectsOf } from './history/reconnects.ts'
export { describeDifference } from './platform/describe-difference.ts'
export { jsonInOrder } from './platform/json.ts'
export { type Compared, Mismatch } from './platform/mismatch.ts'
export { describeValue } from './platform/plain-text.ts'
