import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { neverOversold, type ScenarioContext, scenariosFor } from '../../../harness/index.ts'
import { multiplex } from '../../../harness/reporters/multiplexer.ts'
import { runAll } from '../../../harness/runner/run.ts'

const { scenario, step, after } = scenariosFor('store')

let out: string
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

interface Shop {
  released: boolean[]
  counts: number[]
}

async function readShop({ cluster }: ScenarioContext<'store'>): Promise<Shop> {
  const { inventory } = (await cluster.node('n1').control.state()) as unknown as {
    inventory: { products: { released: boolean; items: { availableCount: number }[] }[] }
  }
  return {
    released: inventory.products.map(({ released }) => released),
    counts: inventory.products.flatMap(({ items }) => items.map(({ availableCount }) => availableCount)),
  }
}

const found: { shop: Shop; port: number }[] = []

/** Both scenarios change the shop; what they find before is kept. */
const sellsOut = (id: string) =>
  scenario({
    id: `test/${id}`,
    title: id,
    invariant: 'What is sold is sold once.',
    covers: ['AT-4'],
    steps: [
      step('look, release and sell', async (context) => {
        found.push({ shop: await readShop(context), port: context.cluster.node('n1').port })
        await context.release('n1', 1)
        await context.sell('n1', 3)
      }),
    ],
    expectations: [
      after(1, 'the shop has changed', async (context) =>
        expect((await readShop(context)).released).toEqual([true, false]),
      ),
    ],
    checkers: [neverOversold],
  })

async function runBoth(jobs: number) {
  found.length = 0
  return runAll({
    ...{ suite: 'test', scenarios: [sellsOut('first'), sellsOut('second')], seed: 7, nodes: 1, jobs },
    ...{ pubsub: 'mesh', headed: false, out, reporter: multiplex({}, () => {}), interruptedBy: () => undefined },
  })
}

it('each scenario of a run begins with the data of the seed, whatever the one before has left (AT-4)', async () => {
  expect((await runBoth(1)).outcome).toBe('passed')
  expect(found.map(({ shop }) => shop.released)).toEqual([
    [false, false],
    [false, false],
  ])
  expect(found[1]!.shop).toEqual(found[0]!.shop)
})

it('two that run at the same time have ports and a database of their own (AT-4, ST-64)', async () => {
  expect((await runBoth(2)).outcome).toBe('passed')
  expect(found[1]!.shop).toEqual(found[0]!.shop)
  expect(found[1]!.port).not.toBe(found[0]!.port)
})
