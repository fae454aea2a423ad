import { createLive, liveSession, route } from '../../../live/index.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import { part1View } from './part1.ts'
import { part2View } from './part2.ts'
import type { PanelSource } from './source.ts'

interface PanelsOptions {
  source: PanelSource
  secret: string
  clock: Pick<Clock, 'now'>
  log: Log
}

/** Their tokens hold nothing but the name of the view, and the secret of the node signs them. */
const salt = 'the salt of the live panels of the workshop'

export type Panels = ReturnType<typeof createPanels>

/** Both panels as live pages. Whoever may load a page may watch it: it shows nothing personal. */
export const createPanels = ({ source, ...options }: PanelsOptions) =>
  createLive({
    ...options,
    salt,
    path: '/workshop_live',
    sessions: [liveSession('workshop', [route('/part1', part1View(source)), route('/part2', part2View(source))])],
    webSession: async () => ({}),
  })
