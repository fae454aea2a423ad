/** Named mistakes that a node can be started with, so that a harness can prove that it would notice them (FI-18). */
export const defects = {
  'DF-1': 'the page may be stored by the browser, and a join sends no state: going back shows the old page',
  'DF-2': 'a join sends no state: what happened while a client was away stays unseen',
  'DF-4': "the page's client does not rejoin its topics",
  'DF-5': 'a client that says nothing is never let go',
  'DF-6': "the page's client does not notice that nobody answers",
  'DF-7': "the page's client gives up after one attempt to come back",
  'DF-8': 'a join subscribes twice, so that every broadcast arrives twice',
  'DF-9': 'a channel that crashes takes its whole connection with it',
  'DF-10': 'a channel that crashes is not reported to its client',
  'DF-11': 'a crash is presented as an error reply to the push',
  'DF-12': 'an outgoing handler is not declared, so that the raw broadcast goes out',
  'DF-13': 'the general handler of ping shadows the special one',
  'DF-14': 'a star in the middle of a topic pattern is accepted silently',
  'DF-16': 'a broadcast goes through another endpoint: ok, and nobody gets it',
  'DF-17': 'deduplication emits the newest first',
  'DF-18': 'deduplication flushes once for each number',
  'DF-19': 'a long-open page connects with the token that it was loaded with',
  'DF-22': 'pages of other sites may connect',
  'DF-23': 'the public host is not configured: every page is refused',
  'DF-25': "a user may join another user's topic",
  'DF-26': 'a token of one purpose is accepted for another',
  'DF-27': 'the age of a token is not enforced',
  'DF-28': 'a signed token holds personal data',
  'DF-30': 'a refused connection is not logged',
  'DF-35': 'the parallel slow ping is handled inside the channel',
  'DF-56': 'nothing is replicated to the other nodes',
  'DF-57': 'replicas drop the news of a sale',
  'DF-58': 'handling a replicated event replicates it again',
  'DF-60': 'replicas tell the clients too',
  'DF-68': 'a sale checks first and writes later: more is sold than there is',
  'DF-89': 'a sale is announced before it is committed',
  'DF-144': 'a mesh connection that came back sends every broadcast twice',
} as const

export type Defect = keyof typeof defects

export const isDefect = (id: string): id is Defect => Object.hasOwn(defects, id)
