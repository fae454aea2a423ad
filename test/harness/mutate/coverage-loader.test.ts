import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { executes, readExecuted } from '../../../harness/mutate/executed.ts'
import { until } from '../../../harness/platform/until.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const loader = resolve('harness/platform/coverage-loader.ts')
const path = 'system/platform/fifo.ts'
const source = readFileSync(path, 'utf8')

/** A program that uses a module of the system, and then does what `end` says. */
async function started(name: string, end: string) {
  const program = join(folder, `${name}.ts`)
  const module = JSON.stringify(resolve(path))
  writeFileSync(program, `import { Fifo } from ${module}\nconst fifo = new Fifo()\nfifo.push(1)\n${end}\n`)
  const into = join(folder, name)
  const child = spawn(process.execPath, ['--import', loader, program], {
    env: { ...process.env, SQUALL_COVERAGE: into },
    stdio: 'ignore',
  })
  return { child, into }
}

const at = (text: string) => {
  const start = source.indexOf(text)
  expect(start).toBeGreaterThan(0)
  return { start, end: start + text.length, text: '' }
}
const isExecuted = (into: string, text: string) => executes(readExecuted(into), path, at(text), source)

it('records what a process executes of the system, and nothing else', async () => {
  const { child, into } = await started('ends', '')
  await once(child, 'exit')
  expect(isExecuted(into, 'this.items.push(')).toBe(true)
  expect(isExecuted(into, 'this.items.splice(')).toBe(false)
  expect(Object.keys(readExecuted(into))).toEqual([path])
})

it('records what a process executed that was killed', async () => {
  const { child, into } = await started('killed', 'setInterval(() => {}, 1_000)')
  await until(() => isExecuted(into, 'this.items.push('), { what: 'the process has written', withinMs: 10_000 })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isExecuted(into, 'this.items.push(')).toBe(true)
})
