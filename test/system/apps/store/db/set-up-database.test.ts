import { expect, it } from 'vitest'
import { setUpDatabase } from '../../../../../system/apps/store/db/set-up-database.ts'
import { seededRandom } from '../../../../../system/platform/random.ts'

/** Each statement takes a turn; `refuses` is the beginning of one that fails. */
function fakeClient({ isThere = true, refuses }: { isThere?: boolean; refuses?: string } = {}) {
  const done: string[] = []
  const client = {
    async connect() {
      if (!isThere) throw new Error('nobody listens')
    },
    async query(text: string) {
      await new Promise(setImmediate)
      if (refuses && text.startsWith(refuses)) throw new Error(`may not ${refuses}`)
      done.push(text)
    },
    end: async () => void done.push('end'),
  }
  const setUp = () => setUpDatabase(client as unknown as Parameters<typeof setUpDatabase>[0], seededRandom(1))
  return { done, setUp }
}

it('closes the connection when everything is there, and not before (ST-48)', async () => {
  const { done, setUp } = fakeClient()
  await setUp()
  expect([done[0], done.at(-2), done.at(-1)]).toEqual([
    'drop schema public cascade; create schema public',
    'insert into item_availability values ($1, $2, $2)',
    'end',
  ])
})

it.each([
  [{ isThere: false }, 'nobody listens'],
  [{ refuses: 'insert into items' }, 'may not insert into items'],
])('says what kept it from setting up, and closes the connection all the same: %j', async (what, sentence) => {
  const { done, setUp } = fakeClient(what)
  await expect(setUp()).rejects.toThrow(sentence)
  expect(done.at(-1)).toBe('end')
})
