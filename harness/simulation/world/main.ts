import { createInterface } from 'node:readline'
import { requestShape } from './plan.ts'
import { names, simulate } from './simulate.ts'
import { guardSteps } from './stuck-guard.ts'

/**
 * `node harness/simulation/world/main.ts`: reads a simulation from each line of stdin, a plan in a world, and writes its history to stdout: a
 * line for each event, and `{"end": …}` after the last.
 */
const badRequest = 64

function requestIn(line: string) {
  try {
    return requestShape.parse(JSON.parse(line))
  } catch (error) {
    process.stderr.write(`expected a simulation {"plan": …} on each line: ${(error as Error).message}\n`)
    process.exit(badRequest)
  }
}

const guard = guardSteps(names)
for await (const line of createInterface({ input: process.stdin })) {
  const { events, ...end } = await simulate(requestIn(line), guard)
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('')
  process.stdout.write(`${lines}${JSON.stringify({ end })}\n`)
}
