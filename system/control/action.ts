import type { z } from 'zod'
import { describeIssues } from '../platform/issues.ts'

/** One thing that the control port can be asked to do: `POST <path>`. */
export interface ControlAction {
  path: string
  /** In one sentence, for the description of the API. */
  summary: string
  body: z.ZodType
  /** Returns what is answered. Throws ActionRefused for a bad body, or when the answer is no. */
  run(body: unknown): Promise<object>
}

/** An answer with another status than 200; the message says why. */
export class ActionRefused extends Error {
  override name = 'ActionRefused'
  readonly statusCode: number
  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** An action whose body is checked before it runs. */
export const controlAction = <Body>(
  [path, summary]: readonly [path: string, summary: string],
  body: z.ZodType<Body>,
  run: (body: Body) => object | Promise<object>,
): ControlAction => ({ path, summary, body, run: async (given) => run(parse(body, given)) })

function parse<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  throw new ActionRefused(400, describeIssues(parsed.error))
}
