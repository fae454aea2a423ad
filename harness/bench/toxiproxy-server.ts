import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EnvironmentMissing } from '../platform/errors.ts'
import { freePort } from '../platform/ports.ts'
import { isProgram, onPath } from '../platform/programs.ts'
import { until } from '../platform/until.ts'
import { onServerProcessor } from './server.ts'

const module = 'github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0'
const buildWithinMs = 300_000
const startWithinMs = 10_000

/** Builds the real Toxiproxy in its own folder and starts it. Throws EnvironmentMissing when it cannot be built here. */
export async function startToxiproxy(env: NodeJS.ProcessEnv): Promise<{ port: number; stop(): Promise<void> }> {
  const go = onPath(['go'], env).find(isProgram)
  if (!go) throw new EnvironmentMissing('there is no go on the PATH')
  const folder = await mkdtemp(join(tmpdir(), 'squall-toxiproxy-'))
  try {
    await install(go, folder, env)
    const { port, end } = await start(join(folder, 'server'))
    return {
      port,
      async stop() {
        await end()
        await rm(folder, { recursive: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true })
    throw error
  }
}

async function install(go: string, folder: string, env: NodeJS.ProcessEnv) {
  try {
    await promisify(execFile)(go, ['install', module], { env: { ...env, GOBIN: folder }, timeout: buildWithinMs })
  } catch (error) {
    const lines = ((error as { stderr?: string }).stderr || (error as Error).message).trimEnd().split('\n')
    throw new EnvironmentMissing(`go cannot install ${module}: ${lines.at(-1)}`)
  }
}

async function start(program: string) {
  const port = await freePort()
  const [command, ...args] = onServerProcessor([program, '-host', '127.0.0.1', '-port', String(port)])
  const child = spawn(command!, args, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  async function end() {
    child.kill('SIGKILL')
    await exited
  }
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/version`).then(
      ({ ok }) => ok,
      () => false,
    )
  try {
    await until(answers, { what: 'Toxiproxy answers', withinMs: startWithinMs })
  } catch (error) {
    await end()
    throw error
  }
  return { port, end }
}
