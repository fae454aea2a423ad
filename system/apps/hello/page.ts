import { htmlDocument } from '../../platform/html.ts'
import { toScript } from '../../platform/script.ts'

interface DemoPage {
  userId: string
  authToken: string
  heartbeatMs: number
  /** How long the page waits for a reply (PM-18). */
  pushTimeoutMs: number
}

/** The demo page: a user of its own with a fresh token, on five connections (CH-133, CH-134). */
export const demoPage = ({ userId, authToken, heartbeatMs, pushTimeoutMs }: DemoPage): string =>
  htmlDocument({
    title: 'HelloSockets',
    bundle: 'hello',
    data: { 'heartbeat-ms': heartbeatMs, 'push-timeout-ms': pushTimeoutMs },
    content: `<h1>HelloSockets</h1>
<p>Three sockets and their channels, as they speak. Newest first.</p>
<ul class="sockets">
<li data-socket="user"><b>UserSocket</b><span>connecting</span></li>
<li data-socket="auth"><b>AuthSocket</b><span>connecting</span></li>
<li data-socket="stats"><b>StatsSocket</b><span>connecting</span></li>
<li data-socket="slow"><b>StatsSocket, slow</b><span>connecting</span></li>
<li data-socket="fast"><b>StatsSocket, parallel</b><span>connecting</span></li>
</ul>
<ol class="log" reversed></ol>
<script>window.userId = ${toScript(userId)}; window.authToken = ${toScript(authToken)}</script>`,
  })
