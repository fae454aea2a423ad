import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { whyUnusable } from '../../platform/plain-text.ts'
import type { ClusterApp, Need } from '../app.ts'
import { promisesShape } from '../promises.ts'

const httpUrl = z.url({ protocol: /^http$/, error: 'expected an http:// address' })

/** Shell commands, run in the folder of the target's file. A fault whose command is missing is not supported. */
const commands = z
  .strictObject({
    start: z.string(),
    stop: z.string(),
    kill: z.string(),
    pause: z.string(),
    resume: z.string(),
    disconnect: z.string(),
    reconnect: z.string(),
  })
  .partial()
export type Commands = z.infer<typeof commands>
export type CommandName = keyof Commands

const targetShape = z.strictObject({
  /** The nodes are named n1, n2 and so on in this order. */
  nodes: z
    .array(
      z.strictObject({
        url: httpUrl,
        /** What it calls itself, such as in `from_node`. Default: n1, n2 and so on. */
        name: z.string().min(1).optional(),
        control: z.strictObject({ url: httpUrl, secret: z.string().min(1) }).optional(),
        commands: commands.default({}),
      }),
    )
    .min(1),
  database: z.strictObject({ url: z.url({ protocol: /^postgres(ql)?$/ }), commands: commands.default({}) }).optional(),
  /** The API of a Toxiproxy server whose proxies are named `n1->n2`, `n1->db` and so on. */
  toxiproxy: httpUrl.optional(),
  /** What the system promises beyond the contract of HelloSockets. Default: nothing. */
  promises: promisesShape.default({}),
  /** Squall applications of the target, by name. The command resets one to a fresh seed, in the nodes and in the database. */
  apps: z.record(z.string(), z.strictObject({ reset: z.string().min(1) })).default({}),
})

/** A running system as described by its file. */
export type Target = z.infer<typeof targetShape> & { folder: string }

export class BadTarget extends Error {
  override name = 'BadTarget'
}

const offers: Record<Need, { what: string; isOffered(target: z.infer<typeof targetShape>): boolean }> = {
  database: { what: 'its database', isOffered: ({ database }) => database !== undefined },
  control: { what: 'a control port of every node', isOffered: ({ nodes }) => nodes.every(({ control }) => control) },
}

/** Returns the target. Throws BadTarget with a sentence that names the file, the actual value and the expected one. */
export function readTarget(file: string, apps: readonly ClusterApp[]): Target {
  const path = resolve(file)
  try {
    const target = targetShape.parse(JSON.parse(readFileSync(path, 'utf8')))
    for (const name of Object.keys(target.apps)) requireUsable(name, target, apps)
    return { ...target, folder: dirname(path) }
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : []
    const why = issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : whyUnusable(error)
    throw new BadTarget(`${file} does not describe a target: ${why}`)
  }
}

function requireUsable(name: string, target: z.infer<typeof targetShape>, apps: readonly ClusterApp[]) {
  const app = apps.find((one) => one.name === name)
  if (!app)
    throw new Error(
      `apps: there is no application ${name}; the harness knows ${apps.map((one) => one.name).join(', ')}`,
    )
  const missing = app.needs?.find((need) => !offers[need].isOffered(target))
  if (missing) throw new Error(`a target with the application ${name} needs ${offers[missing].what}`)
}
