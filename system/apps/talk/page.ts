import { htmlDocument } from '../../platform/html.ts'

const content = `<h1>Talk demos</h1>
<p class="lead">Five needs of a web application, each met inside the process that answers the requests.</p>

<section id="dashboard" aria-labelledby="dashboard-title">
<h2 id="dashboard-title">A page that waits for other services</h2>
<p>A lookup, a calculation, two external calls and a note for the statistics.</p>
<p class="row">
<button type="button" data-run="serial">One after the other</button>
<button type="button" data-run="parallel">All at once</button>
<button type="button" data-run="browser">By the browser</button>
<label><input type="checkbox" name="fail"> one call fails</label>
</p>
<dl class="numbers" aria-live="polite">
<div class="number"><dt>compute</dt><dd data-part="compute">–</dd></div>
<div class="number"><dt>slow</dt><dd data-part="slow">–</dd></div>
<div class="number"><dt>also_slow</dt><dd data-part="also_slow">–</dd></div>
<div class="number number--main"><dt>took</dt><dd data-part="took">–</dd></div>
</dl>
<details><summary>What is lost when the browser puts the page together</summary>
<ul>
<li>Each part is a request of its own, so the client has to show that it may see each of them.</li>
<li>What is pending is gone when the page is left or its main thread dies.</li>
<li>The page is put together in callbacks, which are hard to follow and to debug.</li>
<li>Each request needs error handling of its own.</li>
</ul></details>
</section>

<section id="export" aria-labelledby="export-title">
<h2 id="export-title">Too much work for one request</h2>
<p>A product list is fetched, flagged, converted, written and published.</p>
<p class="row">
<button type="button" data-run="export">Export, and show how far it is</button>
<button type="button" data-run="export-now">Export within the request</button>
<label>as <select name="format"><option value="csv">CSV</option><option value="json">JSON</option></select></label>
</p>
<progress max="5" value="0" aria-label="Export"></progress>
<p data-value="export" aria-live="polite">No export yet.</p>
</section>

<section id="jobs" aria-labelledby="jobs-title">
<h2 id="jobs-title">Work for any node</h2>
<p>A job is kept in the database; one node claims it, and the one with the highest priority comes first.</p>
<p class="row">
<button type="button" data-run="job">Add a job</button>
<label>priority <input type="number" name="priority" min="0" max="9" value="0"></label>
</p>
<ol class="jobs" aria-live="polite"></ol>
</section>

<section id="cache" aria-labelledby="cache-title">
<h2 id="cache-title">An external API that everybody needs</h2>
<p>All actors of the node share its last answer in a table.</p>
<p class="row"><button type="button" data-run="rates">Ask 100 times at once</button></p>
<p data-value="rates" aria-live="polite">Not asked yet.</p>
</section>

<section id="seats" aria-labelledby="seats-title">
<h2 id="seats-title">Data that many change at once</h2>
<p>The seats are the state of one actor, which handles one message after the other.</p>
<p class="row"><button type="button" data-run="seats">Take 100 seats in 100 requests at once</button></p>
<p data-value="seats" aria-live="polite">None taken yet.</p>
</section>`

/** The page of all demos: its script fills in the rest. */
export const talkPage = (heartbeatMs: number): string =>
  htmlDocument({ title: 'Talk demos', bundle: 'talk', data: { 'heartbeat-ms': heartbeatMs }, content })
