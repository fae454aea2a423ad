/** The one document of the application: its script shows the page of the address. */
export const spaPage = (heartbeatMs: number): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Channels and React</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/spa.css">
</head>
<body data-heartbeat-ms="${heartbeatMs}">
<div id="root"></div>
<script type="module" src="/assets/spa.js"></script>
</body>
</html>
`
