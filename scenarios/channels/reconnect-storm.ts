import { after, type Cast, joinedTopics, scenario, step } from '../../harness/index.ts'

const size = 80
const backWithinMs = 3_000
const names = Array.from({ length: size }, (_, n) => `client-${n + 1}`)

export default scenario({
  id: 'channels/reconnect-storm',
  title: 'everybody comes back at once',
  define: `The connections of ${size} clients of one node break at the same moment: within ${backWithinMs / 1_000} s all of them are joined again.`,
  covers: ['NF-21', 'DP-29', 'FI-12', 'CH-106', 'CH-108', 'DF-50'],
  given: { nodes: 1 },
  steps: [
    step('many clients listen', async (cast) => {
      for (const name of names) await (await cast.client(name, 'n1', { over: 'crowd' })).join('ping')
    }),
    step('break all their connections', async (cast) => {
      const drop = await cast.nemesis.inject('connection.drop', 'n1/ping')
      const back = cast.until('all are back', backWithinMs, () => joinedCount(cast) === size)
      cast.notes.set(
        'back',
        await back.then(
          () => size,
          () => joinedCount(cast),
        ),
      )
      await drop.heal()
    }),
  ],
  expectations: [
    after(2, 'all of them are joined again in time', async (cast) => {
      const back = cast.notes.get('back')
      if (back !== size) throw new Error(`after ${backWithinMs} ms ${back} of ${size} clients are back`)
    }),
  ],
  laws: [joinedTopics],
})

const joinedCount = (cast: Cast) => cast.clients().filter((client) => client.joins().joined.length === 1).length
