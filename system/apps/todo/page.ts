import { escapeHtml, htmlDocument } from '../../platform/html.ts'
import type { TreePart } from './supervision.ts'
import type { Entry } from './todo-list.ts'

/** What `/todo` shows. */
export interface Overview {
  names: readonly string[]
  /** Names of the lists whose actor runs, with its id. */
  running: ReadonlyMap<string, string>
  tree: TreePart
}

/** What `/todo/list` shows. */
export interface ListView {
  name: string
  entries: readonly Entry[]
  serverId: string
  /** Only the entries of this day are shown. */
  date?: string | undefined
  today: string
}

const document = (title: string, content: string) =>
  htmlDocument({ title, bundle: 'todo', content: `<main>\n${content}\n</main>` })

export const listPath = (name: string): string => `/todo/list?${new URLSearchParams({ name })}`

export function overviewPage({ names, running, tree }: Overview): string {
  const lists = names.map((name) => {
    const server = running.get(name)
    return `<li><a href="${escapeHtml(listPath(name))}">${escapeHtml(name)}</a> <span class="soft">${server ? `actor ${escapeHtml(server)}` : 'in its file'}</span></li>`
  })
  return document(
    'To-do lists',
    `<h1>To-do lists</h1>
<p class="lead">Every list that somebody opens has an actor, and its entries are in a file. Kill any actor: the list is there again.</p>
<form action="/todo/list">
<label>Name of a list<input name="name" required maxlength="60" placeholder="Bob's list"></label>
<button>Open</button>
</form>
<h2>Lists</h2>
${lists.length > 0 ? `<ul class="lists">\n${lists.join('\n')}\n</ul>` : '<p class="soft">There is none yet.</p>'}
<h2>Actors</h2>
<div class="tree"><ul>${treeItem(tree)}</ul></div>`,
  )
}

function treeItem({ name, id, parts }: TreePart): string {
  const below = parts.length > 0 ? `<ul>${parts.map(treeItem).join('')}</ul>` : ''
  return `<li>${escapeHtml(name)} <span class="soft">${escapeHtml(id ?? 'is being restarted')}</span>${below}</li>`
}

export function listPage({ name, entries, serverId, date, today }: ListView): string {
  const field = `<input type="hidden" name="name" value="${escapeHtml(name)}">`
  const items = entries.map(
    (entry) => `<li>${escapeHtml(entry.title)} <time datetime="${entry.date}">${entry.date}</time></li>`,
  )
  const none = `<p class="soft">Nothing is to be done${date ? ` on ${date}` : ''}.</p>`
  return document(
    `${name} - To-do`,
    `<p><a href="/todo">All lists</a></p>
<h1>${escapeHtml(name)}</h1>
<p class="lead">Kept by actor ${escapeHtml(serverId)}.</p>
<form method="post" action="/todo/list">
${field}
<label class="whole">To do, one on each line<textarea name="titles" required></textarea></label>
<label class="short">Date<input type="date" name="date" required value="${date ?? today}"></label>
<button>Add</button>
</form>
<h2>${date ? `Entries of ${date}` : 'Entries'}</h2>
${items.length > 0 ? `<ul class="entries">\n${items.join('\n')}\n</ul>` : none}
<form action="/todo/list">
${field}
<label class="short">Only of one day<input type="date" name="date" value="${date ?? ''}"></label>
<button>Show</button>
</form>`,
  )
}

/** What was wrong, and the way back. */
export const problemPage = (sentence: string): string =>
  document(
    'To-do lists',
    `<h1>To-do lists</h1>\n<p class="lead bad">${escapeHtml(sentence)}</p>\n<p><a href="/todo">All lists</a></p>`,
  )
