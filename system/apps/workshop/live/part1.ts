import { html, type LiveView } from '../../../live/index.ts'
import { panelView } from './panel-view.ts'
import { runDrawing } from './run-drawing.ts'
import type { PanelSource } from './source.ts'

/** How many requests are inside MockResource now (MR-8). */
export const part1View = (source: PanelSource): LiveView =>
  panelView(source, {
    name: 'WorkshopPart1',
    title: 'Part 1 · Workshop',
    drawn: ({ inside }) => inside,
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
