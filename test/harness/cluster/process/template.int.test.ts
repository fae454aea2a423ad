import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { startPostgres } from '../../../support/database-sides.ts'

const answers = (port: number) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

it('a database whose tables cannot be made is not left running', async () => {
  let port = 0
  const app = {
    name: 'without tables',
    async setUpDatabase(url: string) {
      port = Number(new URL(url).port)
      expect(await answers(port)).toBe(true)
      throw new Error('there is no such table')
    },
  }
  await expect(startPostgres([app])).rejects.toThrow('there is no such table')
  expect(await answers(port)).toBe(false)
})
