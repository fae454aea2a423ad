import { z } from 'zod'
import { type ConfigOf, configPart, positiveInteger } from '../../platform/config.ts'

const wholeNumber = z.coerce.number().int().min(0)

/** The exercises of the workshop are its settings (MR-3, MR-13, MR-18, MR-19, MR-23). */
export const workshopConfig = configPart({
  variables: {
    /** How long one use of MockResource takes. */
    WORKSHOP_RESOURCE_MS: positiveInteger.default(100),
    /** How many uses may be inside MockResource at once, 15 in the exercise; 0 for no limit. */
    WORKSHOP_LIMIT: wholeNumber.default(0),
    /** How many consumers take events from the producer, each one after the other. */
    WORKSHOP_CONSUMERS: positiveInteger.max(100).default(1),
    /** The max demand of each consumer: how many events it claims at once. */
    WORKSHOP_DEMAND: positiveInteger.max(10_000).default(1),
    /** Workers of a consumer supervisor that takes the place of the consumers; 0 for none. */
    WORKSHOP_WORKERS: wholeNumber.max(1_000).default(0),
  },
  problem: ({ WORKSHOP_WORKERS: workers, WORKSHOP_CONSUMERS: consumers }) =>
    workers > 0 && consumers > 1
      ? `WORKSHOP_WORKERS is ${workers} and WORKSHOP_CONSUMERS ${consumers}: workers take the place of consumers, so set one of the two`
      : undefined,
})

export type WorkshopVariables = typeof workshopConfig.variables
export type WorkshopConfig = ConfigOf<WorkshopVariables>
