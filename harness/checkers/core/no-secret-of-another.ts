import type { History } from '../../history/history.ts'
import { inLog, type Mark, personOf, type Secret } from '../../history/marks.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

interface Owned {
  owner: string
  kind: string
}

/**
 * No answer to one visitor contains a cookie, an id or a token of another, whatever the answer is: a page, a header or a frame. No log of a
 * node contains any of them, because more people may read it (CT-18).
 */
export const noSecretOfAnother: Checker = {
  name: 'no-secret-of-another',
  judgesOpen: true,
  invariant:
    'nobody is given a cookie, an id, a token or a message that belongs to somebody else, and no log of a node holds one',
  needs: hasSecretsOfOthers,
  check(history) {
    const secrets = secretsIn(history)
    if (secrets.size === 0) return unknown('nobody had a secret')
    const answers = answersIn(history)
    if (!hasSecretsOfOthers(history)) return unknown('nobody was given anything while somebody else had a secret')
    for (const answer of answers)
      for (const mark of answer.marks ?? []) {
        const secret = secrets.get(mark)
        if (secret && secret.owner !== personOf(answer))
          return violated(`leak: ${describeLeak(answer, secret)}`, { index: answer.index, ...secret })
      }
    const logs = answers.filter(isLog).length
    const owners = new Set([...secrets.values()].map(({ owner }) => owner))
    return passed(
      `${count(secrets.size, 'secret')} of ${count(owners.size, 'owner')}, none in ${count(answers.length - logs, 'answer')} to others or ${count(logs, 'log')}`,
    )
  },
}

/** Whether a history shows anything about secrets: somebody was given something while another owned a secret. */
function hasSecretsOfOthers(history: History): boolean {
  const owners = new Set(history.of('read', 'secret').map(personOf))
  if (owners.size === 0) return false
  return owners.size > 1 || answersIn(history).some((answer) => !owners.has(personOf(answer)))
}

const answersIn = ({ events }: History) => events.filter(({ marks }) => marks !== undefined)

/** The first who has it owns it. */
function secretsIn(history: History): ReadonlyMap<Mark, Owned> {
  const owned = new Map<Mark, Owned>()
  for (const event of history.of('read', 'secret')) {
    const { kind, mark } = event.value as Secret
    if (!owned.has(mark)) owned.set(mark, { owner: personOf(event), kind })
  }
  return owned
}

const isLog = ({ operation }: HistoryEvent) => operation === inLog

const describeLeak = (answer: HistoryEvent, { kind, owner }: Owned) =>
  isLog(answer)
    ? `the log of ${answer.who} holds ${kind} of ${owner}`
    : `${answer.who} was given ${kind} of ${owner} in ${whereOf(answer)}`

const whereOf = ({ operation, value, event, topic }: HistoryEvent) =>
  operation === 'answer' ? String(value) : `${event} on ${topic}`
