import { z } from 'zod'

/** What somebody does; what is not listed here is skipped and counted. */
const action = z.looseObject({ do: z.string() })

/** The plan of a scenario, as an explorer makes it; more may stand in it. */
export const planShape = z.looseObject({
  seed: z.number(),
  rounds: z.array(z.array(action)),
  faults: z.array(
    z.looseObject({
      kind: z.string(),
      target: z.string(),
      options: z.record(z.string(), z.unknown()),
      fromRound: z.number().int().min(0),
      toRound: z.number().int().min(0),
    }),
  ),
})
export type Plan = z.infer<typeof planShape>
export type Action = z.infer<typeof action>

/** One simulation: a plan, in a world. */
export const requestShape = z.object({
  plan: planShape,
  stock: z.record(z.string(), z.number().int().min(0)).default({}),
})
export type SimulationRequest = z.infer<typeof requestShape>
