import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { type OpenedList, openedRead, serversFinal } from '../records.ts'

/**
 * However many open a list at the same moment, one server is started for it and everybody is given that one (RT-18); and in the end no list
 * has two servers.
 */
export const oneServerPerList: Checker = {
  name: 'one-server-per-list',
  invariant: 'a list that many open at the same moment has one server started for it, which all of them are given',
  judgesOpen: true,
  check(history) {
    const opened = history.of('read', openedRead).map(({ value }) => value as OpenedList)
    for (const one of opened) {
      const problem = problemOf(one)
      if (problem) return violated(problem, { opened: one })
    }
    for (const { node, value } of history.finals<Record<string, number>>(serversFinal)) {
      const [name, servers] = Object.entries(value).find(([, living]) => living > 1) ?? []
      if (name !== undefined) return violated(`two servers: ${servers} actors ${name} live on ${node}`, { node, value })
    }
    if (!opened.some(({ callers, started }) => callers > 1 && started === 1))
      return unknown('no list was opened by several at the same moment while it had no server')
    return passed(`${count(opened.length, 'list was', 'lists were')} opened, each got one server`)
  },
}

function problemOf({ name, callers, servers, started }: OpenedList): string | undefined {
  if (started > 1) return `two servers: ${started} were started for ${name}, which ${callers} opened at the same moment`
  if (servers.length > 1) return `two servers: ${callers} callers of ${name} were given ${servers.length} of them`
  return undefined
}
