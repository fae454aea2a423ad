import { html, type LiveView } from '../../../live/index.ts'
import type { Panel } from '../workshop.ts'
import { panelView } from './panel-view.ts'
import { runDrawing } from './run-drawing.ts'
import type { PanelSource } from './source.ts'

/** What waits, what MockResource does, and how long an event takes (MR-17). */
export const part2View = (source: PanelSource): LiveView =>
  panelView(source, {
    name: 'WorkshopPart2',
    title: 'Part 2 · Workshop',
    drawn: ({ unprocessed }) => unprocessed,
    render: ({ counts, settings, latency, insideMax, drawing }) => html`<main>
<h1>Part 2: a pipeline with demand</h1>
<p class="lead">${describeConsumers(settings)} Each use of MockResource takes ${settings.useMs} ms.</p>
<dl class="numbers">
<div class="number number--main"><dt>events not processed</dt><dd data-value="unprocessed">${counts.unprocessed}</dd></div>
<div class="number"><dt>inside MockResource now</dt><dd data-value="inside">${counts.inside}</dd></div>
<div class="number"><dt>at most, in this run</dt><dd data-value="inside-max">${insideMax}</dd></div>
<div class="number"><dt>processed</dt><dd data-value="processed">${counts.processed}</dd></div>
<div class="number"><dt>dropped or lost</dt><dd data-value="gone">${counts.dropped + counts.lost}</dd></div>
</dl>
<h2>From enqueued to processed</h2>
<dl class="numbers">
<div class="number"><dt>last</dt><dd data-value="latency-last">${Math.round(latency.last)} ms</dd></div>
<div class="number"><dt>mean</dt><dd data-value="latency-mean">${Math.round(latency.mean)} ms</dd></div>
<div class="number"><dt>longest</dt><dd data-value="latency-max">${Math.round(latency.max)} ms</dd></div>
</dl>
${runDrawing('events not processed, over this run', drawing)}
<p><button type="button" phx-click="clear">Begin a new run</button></p>
<h2>Put load on it</h2>
<pre>ab -n 1000 -c 50 ${source.address}/part2/genstage</pre>
</main>`,
  })

function describeConsumers({ consumers, demand, workers }: Panel['settings']): string {
  if (workers > 0) return `A consumer supervisor with ${workers} ${workers === 1 ? 'worker' : 'workers'} takes events.`
  const who = consumers === 1 ? '1 consumer takes' : `${consumers} consumers take`
  return `${who} events, ${demand} at once at most${consumers === 1 ? '' : ' each'}.`
}
