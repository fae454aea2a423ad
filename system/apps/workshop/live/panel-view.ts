import { type LiveView, liveView, type Rendered } from '../../../live/index.ts'
import type { Sample } from '../run-history.ts'
import type { Panel } from '../workshop.ts'
import { onRefresh, refreshRegularly } from './refresh.ts'
import { drawRun, type RunDrawing } from './run-drawing.ts'
import type { PanelSource } from './source.ts'

interface ShownPanel extends Panel {
  drawing: RunDrawing
}

interface PanelOptions {
  name: string
  title: string
  /** Which number of a sample is drawn over the run. */
  drawn(sample: Sample): number
  render(panel: ShownPanel): Rendered
}

/** A live page that shows the workshop, and refreshes while somebody watches (MR-8). */
export function panelView(source: PanelSource, { name, title, drawn, render }: PanelOptions): LiveView {
  const see = (): ShownPanel => ({ ...source.panel(), drawing: drawRun(source.run().samples, drawn) })
  return liveView<ShownPanel>({
    name,
    mount(_params, _session, socket) {
      socket.assign({ pageTitle: title })
      refreshRegularly(socket, see)
    },
    handleInfo: onRefresh(see),
    handleEvent: (event) => source.handle(event),
    render,
  })
}
