import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Usage } from './measure.ts'

/** A server in a process of its own, on a processor of its own where the machine can do that. */
export interface BenchServer {
  readonly port: number
  usage(options?: { settled?: boolean }): Promise<Usage>
  stop(): Promise<void>
}

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const measure = file('./measure.ts')
/** Of the machine. Counted at the start: a process that keeps off some of them counts only those that it kept. */
export const processors = availableParallelism()

/** `script` prints `{"port": n}` when it listens. */
export async function startServer(script: string, args: readonly string[] = []): Promise<BenchServer> {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--import', measure, file(script), ...args]
  const [command, ...rest] = onServerProcessor(node)
  const child = spawn(command!, rest, {
    // Ctrl-C in a terminal reaches the harness alone; the process ends when its channel to the harness closes.
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

/** The command that runs another one on the processor of the servers, where the machine can do that. */
export const onServerProcessor = (command: readonly string[]): readonly string[] =>
  canPin() ? ['taskset', '-c', '0', ...command] : command

/** The server on processor 0 and the load on the others: neither takes the other's time. */
function canPin(): boolean {
  if (processors < 2) return false
  try {
    execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Keeps this process off the processor of the servers. */
export function keepOffServers() {
  if (!canPin()) return
  execFileSync('taskset', ['-apc', `1-${processors - 1}`, String(process.pid)], { stdio: 'ignore' })
}
