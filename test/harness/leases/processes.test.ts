import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { family, isAlive, signalAll, startStamp } from '../../../harness/leases/processes.ts'

let child: ChildProcess | undefined
afterEach(() => {
  if (child?.pid) signalAll(family(child.pid), 'SIGKILL')
})

/** A shell with a child of its own, whose pid it prints. */
async function parentAndChild() {
  child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { parent: child.pid!, grandchild: Number(String(line)) }
}

it('a family is a process and all that descend from it, and nobody else (FI-2)', async () => {
  const { parent, grandchild } = await parentAndChild()
  expect(family(parent)).toEqual([parent, grandchild])
  expect(family(grandchild)).toEqual([grandchild])
  expect(family(process.pid)).toEqual(expect.arrayContaining([process.pid, parent, grandchild]))
})

it('a process is alive until it is killed, and one with another beginning is another (FI-2)', async () => {
  const { parent, grandchild } = await parentAndChild()
  const stamp = startStamp(grandchild)
  expect([stamp !== undefined, isAlive(grandchild, stamp), isAlive(grandchild, 'another')]).toEqual([true, true, false])
  const ended = once(child!, 'exit')
  signalAll(family(parent), 'SIGKILL')
  await ended
  await expect.poll(() => isAlive(grandchild, stamp)).toBe(false)
  expect(startStamp(2 ** 22 + 1)).toBeUndefined()
})
