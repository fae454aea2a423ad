import type { Listener } from '../../app.ts'
import { until } from '../../platform/until.ts'
import { quietMs, settleWithinMs } from '../../timing.ts'
import { allReady } from '../readiness.ts'
import type { Phase, RunState } from '../run-state.ts'

/** Waits until all nodes are well, every client is back, and nothing changes any more. */
export const settle: Phase = { name: 'settle', afterFailure: true, run: awaitSettled }

/** Everybody who listens: channel clients, those of the applications, and the background. */
export function listenersOf({ open, background }: RunState): Listener[] {
  const clients = open!.context.clients().map((client) => ({ who: client.name, joins: client.joins }))
  const ofApps = open!.sessions.flatMap((session) => session.listeners?.() ?? [])
  return [...ofApps, ...clients, ...(background?.listeners() ?? [])]
}

/** Rejects when a node does not get well, or something goes on changing; clients and nodes that do not come to rest are judged as they are. */
export async function awaitSettled(state: RunState) {
  await state.background?.stop()
  await allReady(state.cluster!, settleWithinMs)
  await inTime('everybody is joined again', () => isEverybodyBack(state))
  await inTime('the nodes agree with each other', () => haveAppsSettled(state))
  await state.background?.sayLast()
  state.restFrom = state.recorder.events.length
  await until(unchanged(state), { what: 'the pages stop changing', withinMs: settleWithinMs, everyMs: quietMs })
}

/** What is not so in time is for the checkers to judge. */
const inTime = (what: string, ask: () => Promise<boolean>) =>
  until(ask, { what, withinMs: settleWithinMs, everyMs: 150 }).catch(() => {})

async function isEverybodyBack(state: RunState) {
  for (const { joins } of listenersOf(state)) {
    const { connected, expected, joined } = await joins()
    if (!connected || joined.length < expected.length) return false
  }
  return true
}

async function haveAppsSettled({ open }: RunState) {
  for (const session of open!.sessions) if ((await session.hasSettled?.()) === false) return false
  return true
}

/** Asked again and again, whether all that is shown is what it was the time before. */
function unchanged({ open }: RunState) {
  let before = ''
  return async () => {
    const now = JSON.stringify(await Promise.all(open!.sessions.map((session) => session.shown?.())))
    const isSame = now === before
    before = now
    return isSame
  }
}
