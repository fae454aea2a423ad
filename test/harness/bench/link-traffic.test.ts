import { expect, it } from 'vitest'
import { openEnds } from '../../../harness/bench/link-traffic.ts'
import { startLinkServer } from '../../../harness/toxiproxy/index.ts'

it('measures how long a delayed link takes, and what passes through it', async () => {
  const ends = await openEnds({ roundTrips: 50, sendForMs: 200 })
  const server = await startLinkServer({ random: () => 0.5 })
  const post = async (path: string, body: object) =>
    (await fetch(server.apiUrl + path, { method: 'POST', body: JSON.stringify(body) })).json()
  const link = (name: 'echo' | 'sink') =>
    post('/proxies', { name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${ends.direct[name]}` })
  const ports = { echo: (await link('echo')).listen.split(':')[1], sink: (await link('sink')).listen.split(':')[1] }
  await post('/proxies/echo/toxics', { type: 'latency', attributes: { latency: 2 } })
  const measured = await ends.measure({ echo: Number(ports.echo), sink: Number(ports.sink) })
  await server.close()
  ends.close()
  expect(measured.roundTripMs).toBeGreaterThanOrEqual(2)
  expect(measured.mibPerSecond).toBeGreaterThan(0)
}, 30_000)
