import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Socket } from 'phoenix'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../../harness/platform/ports.ts'

/** The example of the page, followed to the letter: its files are put into a copy of the project, which is built and run. */
const guide = readFileSync('docs/adding-an-application.md', 'utf8')
const block = /^```ts\n\/\/ ((?:system|harness|scenarios)\/\S+)( \(one more line\))?\n([\s\S]*?)^```$/gm
const files = [...guide.matchAll(block)].map(([, path, more, text]) => ({
  path: path!,
  isAddition: more !== undefined,
  text: text!,
}))

let project: string
let node: ChildProcess | undefined

const run = (program: string, ...args: string[]) =>
  execFileSync(process.execPath, [join('node_modules', program), ...args], { cwd: project, encoding: 'utf8' })

const withMore = (file: string, exports: string) => file.replace(/^export \{/m, `${exports}$&`)

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'squall-example-'))
  for (const path of ['system', 'harness', 'scenarios', 'vite.config.ts', 'package.json', 'biome.json'])
    cpSync(path, join(project, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
  const settings = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as object
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ ...settings, include: ['system', 'harness', 'scenarios'] }),
  )
  for (const { path, isAddition, text } of files) {
    const file = join(project, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, isAddition ? withMore(readFileSync(file, 'utf8'), text) : text)
  }
})
afterAll(async () => {
  if (node?.exitCode === null) {
    node.kill('SIGKILL')
    await once(node, 'exit')
  }
  rmSync(project, { recursive: true, force: true })
})

it('is complete', () => {
  expect(files.map(({ path }) => path)).toContain('system/apps/poll/module.ts')
  expect(files.map(({ path }) => path)).toContain('harness/apps/poll/app.ts')
  expect(files).toHaveLength(12)
})

it('type-checks, and looks as the rest of the project does', { timeout: 120_000 }, () => {
  run('typescript/bin/tsc', '--noEmit')
  run('@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', 'system/apps')
})

it('runs alone on a node, and does what the page says', async () => {
  run('vite/bin/vite.js', 'build', '--logLevel', 'error')
  const [port, controlPort] = [await freePort(), await freePort()]
  const env = { APPS: 'poll', PORT: String(port), CONTROL_PORT: String(controlPort), CONTROL_SECRET: 'secret' }
  node = spawn(process.execPath, ['system/main.ts'], { cwd: project, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const web = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  const control = (path: string, body?: object) =>
    fetch(`http://127.0.0.1:${controlPort}${path}`, {
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
  await expect
    .poll(
      () =>
        web('/poll').then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 15_000 },
    )
    .toBe(200)
  expect(await (await control('/ready')).json()).toEqual({ ready: true, tally: true, peers: {} })
  expect((await web('/assets/poll.js')).status).toBe(200)

  const socket = new Socket(`ws://127.0.0.1:${port}/poll_socket`, { transport: WebSocket })
  socket.connect()
  const channel = socket.channel('poll')
  const shown: unknown[] = []
  channel.on('votes', (votes) => void shown.push(votes))
  const answered = (push: ReturnType<typeof channel.push>) =>
    new Promise<unknown>((done) => {
      push.receive('ok', (reply) => done(['ok', reply])).receive('error', (reply) => done(['error', reply]))
    })
  expect(await answered(channel.join())).toEqual(['ok', { yes: 0, no: 0 }])
  expect(await answered(channel.push('vote', { choice: 'yes' }))).toEqual(['ok', {}])
  expect(await answered(channel.push('vote', { choice: 'perhaps' }))).toEqual(['error', { reason: 'unknown_choice' }])
  expect(await (await control('/poll/vote', { choice: 'no' })).json()).toEqual({ ok: true })
  expect((await control('/poll/vote', { choice: 'perhaps' })).status).toBe(409)
  await expect.poll(() => shown.at(-1)).toEqual({ yes: 1, no: 1 })
  const state = (await (await control('/state')).json()) as { votes: object; counters: object }
  expect(state).toMatchObject({ votes: { yes: 1, no: 1 }, counters: { votesCounted: 2 } })
  socket.disconnect()
  node.kill('SIGTERM')
  expect((await once(node, 'exit'))[0]).toBe(0)
})

it('is used by a scenario of its own, and judged by its own checker', { timeout: 120_000 }, async () => {
  const words = ['harness/cli/main.ts', 'run', 'poll/two-nodes', '--json', '--out', join(project, 'reports')]
  const result = JSON.parse(execFileSync(process.execPath, words, { cwd: project, encoding: 'utf8', stdio: 'pipe' }))
  const findings = result.scenarios[0].checks.map(({ name, why }: { name: string; why: string }) => `${name}: ${why}`)
  expect(result.outcome).toBe('passed')
  expect(findings).toContain('votes-counted: 2 nodes count 2 votes')
})
