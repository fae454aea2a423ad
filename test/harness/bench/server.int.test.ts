import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'

const url = (path: string) => new URL(`../../../harness/${path}`, import.meta.url).href

/** What a benchmark does, in a process of its own: it gives up processors for good. Prints where it and its server may run. */
const benchmark = `
  import { readFileSync } from 'node:fs'
  import { keepOffServers, startServer } from '${url('bench/server.ts')}'
  import { family } from '${url('leases/processes.ts')}'
  const allowed = (pid) => /^Cpus_allowed_list:\\s+(.*)$/m.exec(readFileSync('/proc/' + pid + '/status', 'utf8'))[1]
  keepOffServers()
  const server = await startServer('./servers/raw.ts', ['00', '00'])
  const [, pid] = family(process.pid)
  console.log(JSON.stringify({ load: allowed(process.pid), server: allowed(pid) }))
  await server.stop()
`

const mayPin = () =>
  process.platform === 'linux' &&
  availableParallelism() > 1 &&
  /^Cpus_allowed_list:\s+0/m.test(readFileSync('/proc/self/status', 'utf8'))

it.skipIf(!mayPin())('the load keeps off the processor of the servers, also of those that it starts later', () => {
  const events = execFileSync(process.execPath, ['--input-type=module', '--eval', benchmark], { encoding: 'utf8' })
  const { load, server } = JSON.parse(events) as { load: string; server: string }
  expect(server).toBe('0')
  expect(load).toMatch(/^1/)
})
