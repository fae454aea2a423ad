import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { z } from 'zod'
import { pubsubNames } from '../cluster/cluster.ts'
import { versions } from '../load/messages.ts'
import type { Address } from '../load/worker-messages.ts'
import { UsageError } from '../platform/errors.ts'
import { whyUnusable } from '../platform/plain-text.ts'
import type { Arm } from './comparison.ts'
import { parseWork } from './comparisons.ts'

const httpUrl = z.url({ protocol: /^http$/, error: 'expected an http:// address' })
const nodesMost = 5

const armShape = z.strictObject({
  name: z.string().min(1).optional(),
  /** Nodes that are started for each run. */
  nodes: z.int().min(1).max(nodesMost).default(1),
  pubsub: z.enum(pubsubNames).default('mesh'),
  env: z.record(z.string(), z.string()).default({}),
  version: z.enum(versions).default('2.0.0'),
  event: z.string().min(1).default('sync'),
  /** `wait:10` and the like. */
  work: z.string().optional(),
  /** Defects that the nodes are started with: ids, or diff files. */
  defects: z.array(z.string()).default([]),
  /** Addresses of a system that runs already, in place of nodes that are started. */
  target: z.union([httpUrl, z.array(httpUrl).min(1)]).optional(),
  /** Where a system that is not ours is spoken to; `#` in the topic is the number of the connection. */
  socket: z.string().startsWith('/').optional(),
  topic: z.string().min(1).optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
})

/** An arm as a file describes it. */
export interface DescribedArm extends Arm {
  defects: readonly string[]
}

/** Reads an arm from a JSON file. Throws UsageError with a sentence that names the file. */
export function readArm(file: string, cwd: string): DescribedArm {
  try {
    const {
      name = basename(file, '.json'),
      work,
      target,
      socket,
      topic,
      payload,
      ...rest
    } = armShape.parse(JSON.parse(readFileSync(resolve(cwd, file), 'utf8')))
    const payloads = payload ? [payload] : work ? [parseWork(work)] : undefined
    return {
      ...rest,
      name,
      ...(payloads && { payloads }),
      ...(target && { addresses: [target].flat().map(addressOf) }),
      ...(socket && { socketPath: socket }),
      ...(topic && { topic }),
    }
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : []
    const why = issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : whyUnusable(error)
    throw new UsageError(`${file} does not describe an arm: ${why}`)
  }
}

const described = z.object({ nodes: z.array(z.object({ url: httpUrl })).min(1) })

/** Returns an arm for a system that runs already: its address, or the file that describes it for `run --driver remote`. */
export function armOfTarget(target: string, cwd: string): DescribedArm {
  const base = {
    name: target,
    nodes: 1,
    pubsub: 'mesh',
    env: {},
    version: '2.0.0',
    event: 'sync',
    defects: [],
  } as const
  if (httpUrl.safeParse(target).success) return { ...base, addresses: [addressOf(target)] }
  try {
    const { nodes } = described.parse(JSON.parse(readFileSync(resolve(cwd, target), 'utf8')))
    return { ...base, name: basename(target, '.json'), addresses: nodes.map(({ url }) => addressOf(url)) }
  } catch {
    throw new UsageError(`--target takes an http:// address, or a JSON file with "nodes"; got "${target}"`)
  }
}

function addressOf(url: string): Address {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port || 80) }
}
