import { escapeHtml } from '../../platform/html.ts'
import { loginPath, pagePath, scriptPath, stylePath } from '../gate.ts'

/** What can be looked at, by the name in the address. */
export const views = {
  actors: 'Actors',
  tree: 'Tree',
  load: 'Load',
  network: 'Network',
  tables: 'Tables',
  system: 'System',
} as const
export type ViewName = keyof typeof views

/** An address of the page. */
export function linkTo(view: ViewName | 'actor', query: Record<string, string | number> = {}): string {
  const parts = Object.entries({ view, ...query }).map(([name, value]) => [name, String(value)])
  return `${pagePath}?${new URLSearchParams(parts)}`
}

interface Page {
  node: string
  view: ViewName | 'actor'
  header: string
  /** HTML. */
  body: string
  notice: string | undefined
}

/** A whole page; its script asks for it again every second and replaces what has changed. */
export function pageOf({ node, view, header, body, notice }: Page): string {
  const entries = Object.entries(views) as [ViewName, string][]
  const links = entries.map(
    ([name, title]) =>
      `<a href="${escapeHtml(linkTo(name))}"${name === view ? ' aria-current="page"' : ''}>${title}</a>`,
  )
  return documentOf(
    node,
    `<header class="top"><h1>Inspector <span>${escapeHtml(node)}</span></h1><nav aria-label="Views">${links.join('')}</nav></header>
<p class="lost" role="status" hidden>The node does not answer; what stands here is old.</p>
<main id="main">
${notice === undefined ? '' : `<p class="notice" role="status">${escapeHtml(notice)}</p>`}
${header}
${body}
</main>
<script src="${scriptPath}" defer></script>`,
  )
}

/** The form for whoever is not logged in. */
export const loginPage = (node: string, isRefused: boolean): string =>
  documentOf(
    node,
    `<main class="login"><h1>Inspector <span>${escapeHtml(node)}</span></h1>
<form method="post" action="${loginPath}">
<label for="secret">Control secret of this node (CONTROL_SECRET)</label>
<input id="secret" name="secret" type="password" autocomplete="current-password" required autofocus>
${isRefused ? '<p class="refused" role="alert">That is not the secret of this node.</p>' : ''}
<button>Log in</button>
</form></main>`,
  )

const documentOf = (node: string, body: string) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inspector of ${escapeHtml(node)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${stylePath}"></head>
<body>${body}</body>
</html>
`
