const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string | number): string =>
  String(text).replace(/[&<>"']/g, (letter) => entities[letter]!)

interface DocumentParts {
  title: string
  /** The name of its bundle: the style is `/assets/NAME.css`, the script `/assets/NAME.js`. */
  bundle: string
  /** Numbers for the script of the page, by their attributes without `data-`; without them the page has no script. */
  data?: Readonly<Record<string, number>>
  /** HTML. */
  content: string
}

/** The document around the content of a demonstration. */
export const htmlDocument = ({ title, bundle, data, content }: DocumentParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${bundle}.css">
</head>
<body${attributes(data)}>
${content}
${data === undefined ? '' : `<script type="module" src="/assets/${bundle}.js"></script>\n`}</body>
</html>
`

const attributes = (data: DocumentParts['data'] = {}) =>
  Object.entries(data)
    .map(([name, value]) => ` data-${name}="${value}"`)
    .join('')
