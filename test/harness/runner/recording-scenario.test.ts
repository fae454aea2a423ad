import { expect, it } from 'vitest'
import type { CoreContext } from '../../../harness/context.ts'
import type { Recording } from '../../../harness/plans/recording.ts'
import { performRecording, scenarioOfRecording } from '../../../harness/runner/recording-scenario.ts'

/** A context in which time only passes when somebody sleeps, and the store does what it is asked. */
function contextWith({ injectFails = false } = {}) {
  let nowMs = 0
  const done: string[] = []
  const note = (text: string) => void done.push(`${nowMs} ${text}`)
  const context = {
    clock: {
      monotonicMs: () => nowMs,
      async sleep(delayMs: number) {
        // Whoever waits for something else comes first.
        await new Promise(setImmediate)
        nowMs += delayMs
      },
    },
    nemesis: {
      async inject(kind: string, target: string) {
        note(`${kind} ${target}`)
        if (injectFails) throw new Error('no such target')
        return { heal: async () => note(`heal ${target}`) }
      },
    },
    sell: async (node: string, itemId: number) => note(`${node} sells ${itemId}`),
  }
  return { context: context as unknown as CoreContext, done }
}

const recording: Recording = {
  schemaVersion: 1,
  app: 'store',
  nodes: 3,
  durationMs: 900,
  entries: [
    { do: 'operation', atMs: 100, name: 'sell', node: 'n2', value: { itemId: 8 } },
    { do: 'inject', atMs: 200, fault: 1, kind: 'node.kill', target: 'n1', options: {} },
    { do: 'heal', atMs: 700, fault: 1 },
  ],
}

it('does everything again at its time', async () => {
  const { context, done } = contextWith()
  await performRecording(recording, context)
  expect(done).toEqual(['100 n2 sells 8', '200 node.kill n1', '700 heal n1'])
  expect(context.clock.monotonicMs()).toBe(900)
})

it('goes on when something cannot be asked for, and then says what', async () => {
  const { context, done } = contextWith({ injectFails: true })
  await expect(performRecording(recording, context)).rejects.toThrow('no such target')
  expect(done).toEqual(['100 n2 sells 8', '200 node.kill n1'])
  expect(context.clock.monotonicMs()).toBe(900)
})

it('refuses what the application does not have any more', async () => {
  const [, ...rest] = recording.entries
  const old = { do: 'operation', atMs: 0, name: 'gamble', node: 'n1', value: {} } as const
  const { context } = contextWith()
  await expect(performRecording({ ...recording, entries: [old, ...rest] }, context)).rejects.toThrow(
    'the recording has the operation gamble, which the application does not have any more',
  )
})

it('is a scenario with as many nodes as there were, judged by what holds whatever people do', () => {
  const { given, hasVisitors, checkers = [], apps } = scenarioOfRecording(recording)
  expect(given).toEqual({ nodes: 3 })
  expect(hasVisitors).toBe(true)
  expect(apps).toEqual(['store'])
  expect(checkers.map(({ name }) => name)).toContain('pages-match-database')
  expect(checkers.map(({ name }) => name)).not.toContain('purchases-linearizable')
})
