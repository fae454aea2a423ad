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
  'DF-8': { scenario: 'cluster/broadcast', checker: 'at-most-once', finding: /^duplicate: / },
  'DF-14': { scenario: 'channels/bad-route', checker: 'expectations', finding: /the node started/ },
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
