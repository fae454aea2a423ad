import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ControlError, ControlTimeout, createControlClient } from '../../../harness/cluster/control-client.ts'

let server: Server

async function clientOf(answer: RequestListener) {
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return createControlClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'a secret')
}

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const failureOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)

describe('a request to a control port', () => {
  it('says who asks, and returns what is answered', async () => {
    const control = await clientOf(({ headers }, response) =>
      response.end(JSON.stringify({ node: headers.authorization })),
    )
    expect((await control.health()).node).toBe('Bearer a secret')
  })

  it('that is not answered in time may have been carried out, and is no failure', async () => {
    const control = await clientOf(() => {})
    expect(await failureOf(control.health(50))).toBeInstanceOf(ControlTimeout)
  })

  it('whose connection ends has failed', async () => {
    const control = await clientOf((_, response) => response.destroy())
    expect(await failureOf(control.health())).toBeInstanceOf(ControlError)
  })

  it('fails with the status and the sentence of the node', async () => {
    const control = await clientOf((_, response) => response.writeHead(409).end(JSON.stringify({ error: 'not now' })))
    expect(await failureOf(control.health())).toMatchObject({ name: 'ControlError', status: 409, message: 'not now' })
  })
})
