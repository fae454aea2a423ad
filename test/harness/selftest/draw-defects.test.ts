import { expect, it } from 'vitest'
import { seededRandom } from '../../../harness/platform/random.ts'
import { shippedDefects } from '../../../harness/selftest/defects.ts'
import { drawDefects } from '../../../harness/selftest/draw-defects.ts'

const shipped = shippedDefects()
const detectorsOf = (defects: typeof shipped) =>
  defects.map(({ header: { scenario, checker } }) => `${checker} in ${scenario}`)

it.each([1, 2, 0x5eed])('FI-18: draws each checker in each scenario exactly once (seed %i)', (seed) => {
  const drawn = detectorsOf(drawDefects(shipped, seededRandom(seed)))
  expect(drawn.toSorted()).toEqual([...new Set(detectorsOf(shipped))].toSorted())
  expect(drawn.length).toBeGreaterThan(98)
})

it('draws the same for the same seed, every defect for some seed, and keeps the order of the list', () => {
  const draw = (seed: number) => drawDefects(shipped, seededRandom(seed)).map(({ name }) => name)
  expect(draw(7)).toEqual(draw(7))
  const names = shipped.map(({ name }) => name)
  expect(draw(7)).toEqual(names.filter((name) => draw(7).includes(name)))
  const everDrawn = new Set(Array.from({ length: 400 }, (_, seed) => draw(seed)).flat())
  expect(names.filter((name) => !everDrawn.has(name))).toEqual([])
})
