import { toScript } from '../../platform/script.ts'

interface DemoPage {
  userId: string
  authToken: string
  heartbeatMs: number
}

/** The demo page: a user of its own with a fresh token, on three sockets (CH-133). */
export const demoPage = ({ userId, authToken, heartbeatMs }: DemoPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HelloSockets</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/hello.css">
</head>
<body data-heartbeat-ms="${heartbeatMs}">
<h1>HelloSockets</h1>
<p>Three sockets and their channels, as they speak. Newest first.</p>
<ul class="sockets">
<li data-socket="user"><b>UserSocket</b><span>connecting</span></li>
<li data-socket="auth"><b>AuthSocket</b><span>connecting</span></li>
<li data-socket="stats"><b>StatsSocket</b><span>connecting</span></li>
</ul>
<ol class="log" reversed></ol>
<script>window.userId = ${toScript(userId)}; window.authToken = ${toScript(authToken)}</script>
<script type="module" src="/assets/hello.js"></script>
</body>
</html>
`
