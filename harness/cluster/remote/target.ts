import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'

const httpUrl = z.url({ protocol: /^http$/, error: 'expected an http:// address' })

/** Shell commands, run in the folder of the target's file. What has none cannot be broken in that way. */
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

const targetShape = z
  .strictObject({
    /** Called n1, n2 and so on in this order. */
    nodes: z
      .array(
        z.strictObject({
          url: httpUrl,
          control: z.strictObject({ url: httpUrl, secret: z.string().min(1) }).optional(),
          commands: commands.default({}),
        }),
      )
      .min(1),
    database: z
      .strictObject({ url: z.url({ protocol: /^postgres(ql)?$/ }), commands: commands.default({}) })
      .optional(),
    /** The API of a Toxiproxy server whose proxies are called `n1->n2`, `n1->db` and so on. */
    toxiproxy: httpUrl.optional(),
    /** The store of Squall is there: the command puts it back to a fresh seed, nodes and database. */
    shop: z.strictObject({ reset: z.string().min(1) }).optional(),
  })
  .refine(({ shop, database, nodes }) => !shop || (database && nodes.every(({ control }) => control)), {
    error: 'a target with a shop needs its database and a control port of every node',
  })

/** A running system, as its file describes it. */
export type Target = z.infer<typeof targetShape> & { folder: string }

export class BadTarget extends Error {
  override name = 'BadTarget'
}

/** Throws BadTarget with a sentence that names the file, what came and what is expected. */
export function readTarget(file: string): Target {
  const path = resolve(file)
  try {
    return { ...targetShape.parse(JSON.parse(readFileSync(path, 'utf8'))), folder: dirname(path) }
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : []
    const why = issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : (error as Error).message
    throw new BadTarget(`${file} does not describe a target: ${why}`)
  }
}
