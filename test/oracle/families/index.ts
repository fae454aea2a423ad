import type { Recording, Replayed } from '../recording.ts'
import { replayRegistries } from './registries.ts'
import { replayServers } from './servers.ts'
import { replayStages } from './stages.ts'
import { replaySupervisors } from './supervisors.ts'
import { replayTables } from './tables.ts'
import { replayTasks } from './tasks.ts'

/** Which replay fits a recording: by what its set-up consists of. */
export function replayerOf({ family, setup }: Recording): ((recording: Recording) => Promise<Replayed>) | undefined {
  if (setup.stages) return replayStages
  if (setup.supervisor) return replaySupervisors
  if (setup.actors && family === 'genserver') return replayServers
  if (family === 'task') return replayTasks
  if (setup.registry) return replayRegistries
  if (family === 'ets') return replayTables
  return undefined
}
