/** Where a planted defect must be caught, by whom, and in which words. */
export interface Planted {
  scenario: string
  checker: string
  finding: RegExp
}

/** Every defect that the reference system can be started with (FI-18). A detector that nobody tested is decoration. */
export const zoo: Readonly<Record<string, Planted>> = {
  'DF-1': { scenario: 'store/back-navigation', checker: 'views-match-fresh-render', finding: /^stale view: / },
  'DF-2': { scenario: 'store/missed-release', checker: 'views-match-fresh-render', finding: /^stale view: / },
  'DF-4': { scenario: 'store/reconnect-after-1s', checker: 'joined-topics', finding: /^connected but not joined: / },
  'DF-5': { scenario: 'channels/half-open', checker: 'expectations', finding: /still counts a connection/ },
  'DF-6': {
    scenario: 'channels/page-behind-a-cut',
    checker: 'expectations',
    finding: /still believes that it is connected/,
  },
  'DF-7': { scenario: 'channels/page-behind-a-cut', checker: 'expectations', finding: /did not come back/ },
  'DF-8': { scenario: 'cluster/broadcast', checker: 'at-most-once', finding: /^duplicate: / },
  'DF-9': { scenario: 'channels/crash-and-rejoin', checker: 'expectations', finding: /was disconnected/ },
  'DF-10': { scenario: 'channels/crash-and-rejoin', checker: 'expectations', finding: /no phx_error came/ },
  'DF-11': { scenario: 'channels/crash-and-rejoin', checker: 'expectations', finding: /the hook error ran/ },
  'DF-12': { scenario: 'channels/dedupe', checker: 'expectations', finding: /the raw broadcast came/ },
  'DF-13': { scenario: 'channels/refused-connections', checker: 'expectations', finding: /it was answered/ },
  'DF-14': { scenario: 'channels/bad-route', checker: 'expectations', finding: /the node started/ },
  'DF-15': { scenario: 'store/sell-out', checker: 'own-topics-only', finding: /^irrelevant: / },
  'DF-16': { scenario: 'cluster/broadcast', checker: 'at-most-once', finding: /^lost-unexplained: / },
  'DF-17': { scenario: 'channels/dedupe', checker: 'expectations', finding: /got 2,3,1|got 3,2,1/ },
  'DF-18': { scenario: 'channels/dedupe', checker: 'expectations', finding: /got 1,2,3,/ },
  'DF-19': { scenario: 'channels/long-open-page', checker: 'expectations', finding: /the page is joined again/ },
  'DF-22': {
    scenario: 'channels/refused-connections',
    checker: 'expectations',
    finding: /a page of another site: 101/,
  },
  'DF-23': {
    scenario: 'channels/refused-connections',
    checker: 'expectations',
    finding: /the page of the shop itself: 403/,
  },
  'DF-24': { scenario: 'channels/refused-connections', checker: 'expectations', finding: /the join was answered ok/ },
  'DF-25': { scenario: 'channels/disconnect-by-id', checker: 'expectations', finding: /user:2 by user 1 ended ok/ },
  'DF-26': {
    scenario: 'channels/refused-connections',
    checker: 'expectations',
    finding: /a token of another purpose: 101/,
  },
  'DF-27': { scenario: 'channels/long-open-page', checker: 'expectations', finding: /it was answered 101/ },
  'DF-28': { scenario: 'channels/refused-connections', checker: 'expectations', finding: /the token holds/ },
  'DF-29': { scenario: 'channels/refused-connections', checker: 'expectations', finding: /everybody knows: 101/ },
  'DF-30': { scenario: 'channels/refused-connections', checker: 'expectations', finding: /the log does not say/ },
  'DF-35': { scenario: 'channels/slow-in-parallel', checker: 'expectations', finding: /the slowest took/ },
  'DF-36': { scenario: 'channels/slow-in-parallel', checker: 'expectations', finding: /all of them were started/ },
  'DF-56': { scenario: 'cluster/replication', checker: 'nodes-agree-with-database', finding: /^drift: / },
  'DF-57': { scenario: 'cluster/replication', checker: 'nodes-agree-with-database', finding: /^drift: / },
  'DF-58': { scenario: 'cluster/replication', checker: 'replication-bounded', finding: /^(loop|too many): / },
  'DF-60': {
    scenario: 'cluster/replication',
    checker: 'one-announcement-per-change',
    finding: /^announced \d+ times: /,
  },
  'DF-68': { scenario: 'store/last-pairs', checker: 'never-oversold', finding: /^oversold: / },
  'DF-89': { scenario: 'cluster/replication', checker: 'nodes-agree-with-database', finding: /^drift: / },
  'DF-144': { scenario: 'cluster/one-way-cut', checker: 'at-most-once', finding: /^duplicate: / },
}
