import { z } from 'zod'
import { ActionRefused, type ControlAction, controlAction } from '../../control/action.ts'
import type { Workshop } from './workshop.ts'

const consumersMax = 100
const nothing = z.strictObject({})

/** `POST /workshop/...` on the control port: the history of a run, and another number of consumers. */
export const workshopControlActions = (workshop: Workshop): ControlAction[] => [
  controlAction(['/workshop/run', 'Returns the history of the run.'], nothing, () => workshop.run()),
  controlAction(['/workshop/clear', 'Forgets the history of the run.'], nothing, () => {
    workshop.clearRun()
    return { ok: true }
  }),
  controlAction(
    ['/workshop/consumers', 'Sets the number of consumers.'],
    z.strictObject({ count: z.int().min(1).max(consumersMax) }),
    async ({ count }) => {
      const { counts, settings } = workshop.panel()
      if (workshop.hasWorkers) throw new ActionRefused(409, 'workers_take_the_place_of_consumers')
      if (count < settings.consumers && counts.unprocessed > 0) throw new ActionRefused(409, 'events_wait')
      await workshop.setConsumers(count)
      return { consumers: count }
    },
  ),
]
