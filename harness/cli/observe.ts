import { tmpdir } from 'node:os'
import { ControlError, ControlTimeout, createControlClient } from '../cluster/control-client.ts'
import { isAlive } from '../leases/processes.ts'
import { type Inspected, inspectedNode } from '../observe/answers.ts'
import { observe as observeOnTerminal } from '../observe/observe.ts'
import { findRunning, type RunningCluster } from '../observe/running.ts'
import { type Snapshot, snapshotLines, takeSnapshot } from '../observe/snapshot.ts'
import { EnvironmentMissing, UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { orNearest } from '../platform/nearest.ts'
import type { Command } from './command.ts'
import { flags, wholeNumber } from './options.ts'

interface ObserveFlags {
  control?: string
  loops: number
  json?: boolean
}

interface Door {
  url: string
  secret: string
}

const loopsMax = 16
const columnsUnasked = 80

export const observe: Command = {
  name: 'observe',
  argument: '[node]',
  argumentHelp: ['a node such as n2; the first one by default'],
  summary:
    'look into a running node: actors, supervision tree, load, connections; and kill an actor. Finds the nodes of a running "squall up"',
  options: [
    {
      flags: '--control <url>',
      help: 'control address of a node of any other cluster, such as http://127.0.0.1:4100; its secret is read from the variable CONTROL_SECRET',
    },
    {
      flags: '--loops <n>',
      help: 'for a demonstration: how many actors compute without end, each in a thread of the node, until the inspector ends',
      parse: wholeNumber('--loops', 0, loopsMax),
      default: 0,
    },
    flags.json,
  ],
  async run([name], { control, loops, json }: ObserveFlags, io) {
    const door = control === undefined ? doorOf(name, io) : doorAt(control, name, io)
    const node = inspectedNode(createControlClient(door.url, door.secret))
    await requireInspector(node, door)
    if (loops > 0) await node.loop(loops)
    try {
      return await look(node, json === true, io)
    } finally {
      if (loops > 0) await node.loop(0).catch(() => {})
    }
  },
}

async function look(node: Inspected, isJson: boolean, io: Io): Promise<number> {
  const terminal = isJson ? undefined : io.terminal?.()
  if (terminal) await observeOnTerminal({ node, terminal, clock: io.clock, onStop: io.interruption.onStop })
  else printSnapshot(await takeSnapshot(node, io.clock), isJson, io)
  const signal = io.interruption.by()
  return signal === undefined ? exitCodes.passed : codeOf(signal)
}

function printSnapshot(snapshot: Snapshot, isJson: boolean, io: Io) {
  if (isJson) return io.out(`${JSON.stringify(snapshot, null, 2)}\n`)
  io.err('squall: this is no terminal, so here is one snapshot; in a terminal the inspector goes on and takes keys\n')
  io.out(`${snapshotLines(snapshot, columnsUnasked).join('\n')}\n`)
}

/** A node of a running `squall up`: the one that is named, or the first. */
function doorOf(name: string | undefined, io: Io): Door {
  const running = findRunning(io.env.TMPDIR ?? tmpdir(), isAlive)
  if (running.length === 0)
    throw new EnvironmentMissing(
      'found no cluster of "squall up" that runs here; start one, or name a node with --control http://127.0.0.1:4100 and its secret in CONTROL_SECRET',
    )
  const found = running.flatMap((cluster) => doorsOf(cluster)).find((one) => name === undefined || one.name === name)
  if (found) return found
  const names = running.flatMap(({ nodes }) => nodes.map((node) => node.name))
  throw new UsageError(`there is no node ${name}${orNearest(name!, names)}; there are ${names.join(', ')}`)
}

const doorsOf = ({ nodes, controlSecret: secret }: RunningCluster) =>
  nodes.map(({ name, control: url }) => ({ name, url, secret }))

function doorAt(url: string, name: string | undefined, { env }: Io): Door {
  if (name !== undefined) throw new UsageError(`--control names the node already; leave out "${name}"`)
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`--control takes an address such as http://127.0.0.1:4100; got "${url}"`)
  const { CONTROL_SECRET: secret } = env
  if (!secret) throw new UsageError('--control needs the secret of the node in the variable CONTROL_SECRET')
  return { url: url.replace(/\/+$/, ''), secret }
}

/** Says in a sentence what keeps the inspector out, before it takes the terminal over. */
async function requireInspector(node: Inspected, { url }: Door) {
  try {
    await node.overview()
  } catch (error) {
    if (error instanceof ControlTimeout) throw new EnvironmentMissing(`${url} does not answer: ${error.message}`)
    if (!(error instanceof ControlError)) throw error
    if (error.status === 401)
      throw new EnvironmentMissing(`${url} refuses the secret; it must be CONTROL_SECRET of that node`)
    if (error.status === 404)
      throw new EnvironmentMissing(`${url} has no inspector; it is an older node, or another server`)
    throw new EnvironmentMissing(`cannot look into ${url}: ${error.message}`)
  }
}
