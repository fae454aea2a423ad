import type { Workshop } from '../workshop.ts'

/** What the panels look at, and what can be done from them. */
export interface PanelSource extends Pick<Workshop, 'panel' | 'run'> {
  /** Where the load goes, for the commands that the pages show. */
  address: string
  /** An event of a page. Throws for one that no page has. */
  handle(event: string): void
}

export const panelSource = ({ panel, run, clearRun }: Workshop, address: string): PanelSource => ({
  panel,
  run,
  address,
  handle(event) {
    if (event !== 'clear') throw new Error(`the panels have no event ${JSON.stringify(event.slice(0, 100))}`)
    clearRun()
  },
})
