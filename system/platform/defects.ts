/** Named mistakes that a node can be started with, so that a harness can prove that it would notice them (FI-18). */
export const defects = {
  'DF-1': 'the page may be stored by the browser, and a join sends no state: going back shows the old page',
  'DF-2': 'a join sends no state: what happened while a client was away stays unseen',
  'DF-4': "the page's client does not rejoin its topics",
  'DF-8': 'a join subscribes twice, so that every broadcast arrives twice',
  'DF-14': 'a star in the middle of a topic pattern is accepted silently',
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
