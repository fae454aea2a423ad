const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string | number): string =>
  String(text).replace(/[&<>"']/g, (letter) => entities[letter]!)

interface DocumentParts {
  title: string
  /** The name of its bundle: the style is `/assets/NAME.css`, the script `/assets/NAME.js`. */
  bundle: string
  /** For the script of the page; without it the page has none. */
  heartbeatMs?: number
  /** HTML. */
  content: string
}

/** The document around the content of a demonstration. */
export const htmlDocument = ({ title, bundle, heartbeatMs, content }: DocumentParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${bundle}.css">
</head>
${heartbeatMs === undefined ? '<body>' : `<body data-heartbeat-ms="${heartbeatMs}">`}
${content}
${heartbeatMs === undefined ? '' : `<script type="module" src="/assets/${bundle}.js"></script>\n`}</body>
</html>
`
