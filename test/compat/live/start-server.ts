import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../../harness/platform/ports.ts'

/** Starts the application as anybody would. `stop` rejects unless it ends well. */
export async function startLiveServer() {
  const port = await freePort()
  const server = spawn(process.execPath, ['test/compat/live/server.ts', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [first] = await once(server.stdout, 'data')
  if (!String(first).includes('ready')) throw new Error(`the server printed ${first} and not ready`)
  return {
    base: `http://127.0.0.1:${port}`,
    async stop() {
      server.kill('SIGTERM')
      const [code] = await once(server, 'exit')
      if (code !== 0) throw new Error(`the server ended with ${code}`)
    },
  }
}
