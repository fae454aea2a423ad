import { z } from 'zod'
import { ActionRefused, type ControlAction, controlAction } from '../../control/action.ts'
import type { Workshop } from './workshop.ts'

const consumersAddedMax = 100
const nothing = z.strictObject({})

/** `POST /workshop/...` on the control port: the history of a run, and consumers added while events wait. */
export const workshopControlActions = (workshop: Workshop): ControlAction[] => [
  controlAction('/workshop/run', nothing, () => workshop.run()),
  controlAction('/workshop/clear', nothing, () => {
    workshop.clearRun()
    return { ok: true }
  }),
  controlAction(
    '/workshop/consumers/add',
    z.strictObject({ count: z.int().min(1).max(consumersAddedMax) }),
    async ({ count }) => {
      if (workshop.hasWorkers) throw new ActionRefused(409, 'workers_take_the_place_of_consumers')
      await workshop.addConsumers(count)
      return { consumers: workshop.panel().settings.consumers }
    },
  ),
]
