import { afterEach, describe, expect, it } from 'vitest'
import { type Case, startWorkshop } from './support.ts'

let one: Case | undefined
afterEach(() => one?.stop())
const started = async (env: Record<string, number> = {}) => (one = await startWorkshop(env))

const times = <T>(count: number, run: () => T) => Array.from({ length: count }, run)

describe('MockResource', () => {
  it('counts who is inside, each for the time that is set, and has no limit of its own (MR-2, MR-3)', async () => {
    const { workshop, clock, counts } = await started({ RESOURCE_MS: 500 })
    const uses = times(200, workshop.serial)
    await clock.advance(499)
    expect(counts()).toMatchObject({ inside: 200, refused: 0 })
    await clock.advance(1)
    expect(counts().inside).toBe(0)
    expect(await Promise.all(uses)).toEqual(times(200, () => true))
  })

  it('is listed by its name, as one actor (MR-4)', async () => {
    const { runtime } = await started()
    expect(runtime.actors().filter(({ name }) => name === 'Workshop.MockResource')).toHaveLength(1)
  })

  it.each(['serial', 'async'] as const)(
    'lets in 15 of 1000 that come at once on %s, and refuses the others (MR-13, DF-37, DF-38)',
    async (endpoint) => {
      const { workshop, clock, counts } = await started({ LIMIT: 15 })
      const uses = times(1_000, workshop[endpoint])
      await clock.advance(0)
      expect(counts()).toMatchObject({ inside: 15, refused: 985 })
      await clock.advance(100)
      const answers = await Promise.all(uses)
      expect(answers.filter(Boolean)).toHaveLength(15)
      expect(workshop.panel().insideMax).toBe(15)
    },
  )

  it('lets in again who comes when one has left, and refuses nobody below the limit (MR-14)', async () => {
    const { workshop, clock, counts } = await started({ LIMIT: 15 })
    for (let round = 0; round < 5; round += 1) {
      const uses = times(10, workshop.serial)
      await clock.advance(100)
      expect(await Promise.all(uses)).not.toContain(false)
    }
    expect(counts().refused).toBe(0)
  })

  it('serial answers after the use, async as soon as it is let in (MR-6, MR-7)', async () => {
    const { workshop, clock, counts } = await started()
    const answered: string[] = []
    void workshop.serial().then(() => answered.push('serial'))
    void workshop.async().then(() => answered.push('async'))
    await clock.advance(99)
    expect(answered).toEqual(['async'])
    expect(counts().inside).toBe(2)
    await clock.advance(1)
    expect(answered).toEqual(['async', 'serial'])
  })

  it('has an actor for each async use, and none for a serial one (MR-11, MR-25)', async () => {
    const { workshop, clock, runtime } = await started()
    const idle = runtime.actors().length
    void times(50, workshop.serial)
    await clock.advance(0)
    expect(runtime.actors()).toHaveLength(idle)
    void times(50, workshop.async)
    await clock.advance(0)
    expect(runtime.actors()).toHaveLength(idle + 50)
    await clock.advance(100)
    expect(runtime.actors()).toHaveLength(idle)
  })

  it('counts from zero after a restart, and those from before it do not leave the new one', async () => {
    const { workshop, clock, kill, counts } = await started()
    void times(5, workshop.serial)
    await clock.advance(50)
    await kill('Workshop.MockResource')
    expect(counts().inside).toBe(0)
    void workshop.serial()
    await clock.advance(50)
    expect(counts().inside).toBe(1)
  })
})
