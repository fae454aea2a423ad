import { html, type LiveView, liveView } from '../../../live/index.ts'
import type { Panel } from '../workshop.ts'
import { keepLooking, lookAgain } from './look.ts'
import { drawRun, type RunDrawing, runDrawing } from './run-drawing.ts'
import type { PanelSource } from './source.ts'

interface Part1 extends Panel {
  drawing: RunDrawing
}

/** How many requests are inside MockResource now (MR-8). */
export function part1View(source: PanelSource): LiveView {
  const see = (): Part1 => ({ ...source.panel(), drawing: drawRun(source.run().samples, ({ inside }) => inside) })
  return liveView<Part1>({
    name: 'WorkshopPart1',
    mount(_params, _session, socket) {
      socket.assign({ pageTitle: 'Part 1 · Workshop' })
      keepLooking(socket, see)
    },
    handleInfo: lookAgain(see),
    handleEvent: (event) => source.handle(event),
    render: ({ counts: { inside, refused }, settings: { useMs, limit }, insideMax, drawing }) => html`<main>
<h1>Part 1: serial or async</h1>
<p class="lead">Each use of MockResource takes ${useMs} ms. ${limit > 0 ? `It refuses a use while ${limit} are inside.` : 'It has no limit.'}</p>
<dl class="numbers">
<div class="number number--main"><dt>inside MockResource now</dt><dd data-value="inside">${inside}</dd></div>
<div class="number"><dt>at most, in this run</dt><dd data-value="inside-max">${insideMax}</dd></div>
<div class="number"><dt>refused</dt><dd data-value="refused">${refused}</dd></div>
</dl>
${runDrawing('inside MockResource, over this run', drawing)}
<p><button type="button" phx-click="clear">Begin a new run</button></p>
<h2>Put load on it</h2>
<pre>ab -n 3000 -c 50 ${source.address}/part1/serial
ab -n 3000 -c 50 ${source.address}/part1/async</pre>
</main>`,
  })
}
