import type { Recording, Replayed } from '../recording.ts'
import { replayStages } from './stages.ts'
import { replaySupervisors } from './supervisors.ts'

/** Which replay fits a recording: by what its set-up consists of. */
export function replayerOf({ setup }: Recording): ((recording: Recording) => Promise<Replayed>) | undefined {
  if (setup.stages) return replayStages
  if (setup.supervisor) return replaySupervisors
  return undefined
}
