import { escapeHtml } from '../../platform/html.ts'

interface Page {
  title: string
  /** HTML. */
  content: string
  heartbeatMs: number
}

const links = [
  ['/part1', 'Part 1'],
  ['/part2', 'Part 2'],
] as const

const linkTo = ([path, name]: (typeof links)[number]) => `<a href="${path}">${name}</a>`

/** The document around a panel. */
export const workshopPage = ({ title, content, heartbeatMs }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/workshop.css">
</head>
<body data-heartbeat-ms="${heartbeatMs}">
<header><b>Workshop</b> <nav aria-label="Parts">${links.map(linkTo).join(' ')}</nav></header>
${content}
<script type="module" src="/assets/workshop.js"></script>
</body>
</html>
`
