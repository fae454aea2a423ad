import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Usage } from './measure.ts'

/** A server in its own process, pinned to its own CPU where the machine supports that. */
export interface BenchServer {
  readonly port: number
  usage(options?: { settled?: boolean }): Promise<Usage>
  stop(): Promise<void>
}

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const measure = file('./measure.ts')
/** CPUs of the machine, counted at the start, because a process with a restricted affinity counts only its own. */
export const processors = availableParallelism()

/** Starts a server whose `script` prints `{"port": n}` when it listens. */
export async function startServer(script: string, args: readonly string[] = []): Promise<BenchServer> {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--import', measure, file(script), ...args]
  const [command, ...rest] = onServerProcessor(node)
  const child = spawn(command!, rest, {
    // Ctrl-C reaches only the harness; the process ends when its channel to the harness closes.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, PORT: '0', NODE_ENV: 'production' },
  })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const { port } = JSON.parse(String(line)) as { port: number }
  return {
    port,
    usage: ({ settled = false } = {}) => ask(child, settled ? 'settled-usage' : 'usage'),
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function ask(child: ChildProcess, question: string): Promise<Usage> {
  const answer = once(child, 'message')
  child.send({ ask: question })
  return ((await answer) as [Usage])[0]
}

/** Returns the command that runs another one on the servers' CPU, where the machine supports pinning. */
export const onServerProcessor = (command: readonly string[]): readonly string[] =>
  canPin() ? ['taskset', '-c', '0', ...command] : command

/** The server runs on CPU 0 and the load on the others, so that neither takes CPU time from the other. */
function canPin(): boolean {
  if (processors < 2) return false
  try {
    execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Keeps this process off the servers' CPU. */
export function keepOffServers() {
  if (!canPin()) return
  execFileSync('taskset', ['-apc', `1-${processors - 1}`, String(process.pid)], { stdio: 'ignore' })
}
