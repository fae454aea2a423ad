import { z } from 'zod'
import { ActionRefused, type ControlAction, controlAction } from '../../control/action.ts'
import type { Talk } from './talk.ts'

const delayMaxMs = 60_000

/** `POST /talk/stub` on the control port: how a stub behaves, for all requests. */
export const talkControlActions = ({ stubs }: Pick<Talk, 'stubs'>): ControlAction[] => [
  controlAction(
    ['/talk/stub', 'Sets how long a stub takes and whether it fails.'],
    z.strictObject({
      name: z.string(),
      delayMs: z.int().min(0).max(delayMaxMs).optional(),
      fails: z.boolean().optional(),
    }),
    ({ name, delayMs, fails }) => {
      if (!stubs.isStub(name))
        throw new ActionRefused(409, `there is no stub ${name}; expected one of ${stubs.names.join(', ')}`)
      stubs.set(name, { ...(delayMs !== undefined && { delayMs }), ...(fails !== undefined && { fails }) })
      return { ok: true }
    },
  ),
]
