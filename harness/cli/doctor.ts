import { cpus, platform, release, totalmem } from 'node:os'
import { EnvironmentMissing } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'
import { freePort } from '../platform/ports.ts'
import { optional, required, startEnvironment } from '../runner/prerequisites.ts'
import { loadAll } from '../runner/scenario-files.ts'
import type { Scenario } from '../scenario.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

interface DoctorFlags {
  json?: boolean
  out?: string
}

/** `missing`: nothing runs without it. `absent`: only what `costs` says does not. */
interface Finding {
  name: string
  state: 'ok' | 'absent' | 'missing'
  what: string
  costs?: string
}

const marks = { ok: '✓', absent: '-', missing: '✗' } as const
const nothingRuns = 'nothing runs without it'

const facts = (): Finding[] => [
  { name: 'node', state: 'ok', what: process.version },
  {
    name: 'machine',
    state: 'ok',
    what: `${platform()} ${release()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  },
]

export const doctor: Command = {
  name: 'doctor',
  summary:
    'start what a run starts, and say what this machine lacks and what that costs; 69 where a run would end with 69',
  options: [flags.out, flags.json],
  async run(_names, { json, out }: DoctorFlags, io) {
    const needed = await Promise.all([
      ...Object.entries(required).map(([name, look]) => lookAt(name, () => look(io, out))),
      lookAt('ports', async () => `loopback, such as ${await freePort()}`),
    ])
    // What cannot be found cannot be started either, and would be said twice.
    const started = needed.every(({ state }) => state === 'ok')
      ? [await lookAt('start', () => startEnvironment(io))]
      : []
    const findings = [...facts(), ...needed, ...started, ...(await lookAtOptional(await loadAll(io.root), io))]
    const ok = findings.every(({ state }) => state !== 'missing')
    io.out(
      json
        ? `${JSON.stringify({ ok, probes: findings.map((one) => ({ ...one, ok: one.state !== 'missing' })) }, null, 2)}\n`
        : findings.map(lineOf).join(''),
    )
    return ok ? exitCodes.passed : exitCodes.environment
  },
}

const lineOf = ({ name, state, what, costs }: Finding) =>
  `${marks[state]} ${name.padEnd(10)} ${what}\n${costs === undefined ? '' : `${' '.repeat(13)}costs: ${costs}\n`}`

async function lookAt(name: string, look: () => string | Promise<string>): Promise<Finding> {
  try {
    return { name, state: 'ok', what: await look() }
  } catch (error) {
    return { name, state: 'missing', what: sentenceOf(error), costs: nothingRuns }
  }
}

const lookAtOptional = (scenarios: readonly Scenario[], io: Io) =>
  Promise.all(
    Object.entries(optional).map(async ([name, { look, costs }]): Promise<Finding> => {
      try {
        return { name, state: 'ok', what: await look(io) }
      } catch (error) {
        return { name, state: 'absent', what: sentenceOf(error), costs: costs(scenarios) }
      }
    }),
  )

const sentenceOf = (error: unknown) =>
  error instanceof EnvironmentMissing ? error.message : `cannot be looked at: ${(error as Error).message}`
