import { escapeHtml } from '../reporters/escape.ts'
import { style } from '../reporters/style.ts'
import type { MutateDocument } from './result.ts'

type Shown = MutateDocument['mutants'][number]

const markOf: Record<Shown['outcome'], { className: string; sign: string }> = {
  caught: { className: 'passed', sign: '✓' },
  survived: { className: 'violated', sign: '✗' },
  unseen: { className: 'violated', sign: '✗' },
  unknown: { className: 'unknown', sign: '?' },
  'not-run': { className: 'unknown', sign: '-' },
}

/** The whole report as one file that needs no network: light, dark, and on a phone. Pure. */
export function html(document: MutateDocument): string {
  const { score, mutants } = document
  const open = mutants.filter(({ outcome }) => outcome !== 'caught' && outcome !== 'not-run')
  const sections = [head(document), ...tables(document), ...open.map(survivorCard), all(mutants)]
  const title = `${score.percent ?? 0} % of ${score.of} mutants caught`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}
pre.diff{overflow-x:auto;padding:10px;background:var(--lane);border-radius:6px}pre.diff .plus{color:var(--good)}pre.diff .minus{color:var(--bad)}</style></head>
<body><main>
${sections.join('\n')}
</main></body></html>
`
}

function head({ score, outcomes, seed, thrownAway, candidates, remarks }: MutateDocument): string {
  const numbers = Object.entries(outcomes).map(([name, count]) => `<li><b>${count}</b>${name}</li>`)
  const sentence =
    score.percent === undefined
      ? 'No mutant was judged.'
      : `${score.caught} of ${score.of} mutants were caught: ${score.percent} %.`
  const away = `Drawn from ${candidates} candidates; thrown away: ${thrownAway.doesNotTypeCheck} did not type-check, ${thrownAway.sameProgram} were the same program, ${thrownAway.notCovered} not covered.`
  return `<header class="verdict"><span class="small soft">Squall · mutants · seed ${escapeHtml(seed)}</span>
<h1>${sentence}</h1><ul class="counts">${numbers.join('')}</ul>
${[away, ...remarks].map((one) => `<p class="small soft">${escapeHtml(one)}</p>`).join('')}</header>`
}

function tables({ folders, operators, tiers, checkers }: MutateDocument): string[] {
  const scored = (list: typeof folders) => list.map(({ name, caught, of }) => [name, `${caught} of ${of}`])
  const plain = (list: typeof tiers) => list.map(({ name, count }) => [name, String(count)])
  return [
    table('Score by folder', scored(folders)),
    table('Score by kind of mistake', scored(operators)),
    table('Caught by tier', plain(tiers)),
    table('Caught by checker', plain(checkers)),
  ]
}

function table(title: string, rows: readonly string[][]): string {
  const body = rows.map(([name, n]) => `<tr><td>${escapeHtml(name!)}</td><td class="n">${escapeHtml(n!)}</td></tr>`)
  const content = body.length === 0 ? '<p class="soft">none</p>' : `<table><tbody>${body.join('')}</tbody></table>`
  return `<section class="card"><h2>${title}</h2>${content}</section>`
}

const mark = ({ outcome }: Shown) =>
  `<span class="mark ${markOf[outcome].className}">${markOf[outcome].sign} ${outcome}</span>`

function survivorCard(one: Shown): string {
  const { id, operator, path, line, diff, tiers } = one
  const answers = tiers.map(({ tier, why }) => `<p class="small">${tier}: ${escapeHtml(why)}</p>`)
  const saw = tiers.flatMap(({ sawNothing = [] }) => sawNothing)
  const left = tiers.flatMap(({ notAsked = [] }) => notAsked)
  return `<section class="card" id="${id}"><div class="head"><h2>${escapeHtml(`${path}:${line}`)}<br><span class="soft small">${id} · ${operator}</span></h2>${mark(one)}</div>
<pre class="diff">${diffLines(diff)}</pre>${answers.join('')}
${saw.length > 0 ? `<h3>Ran the line and saw nothing</h3><p class="small">${escapeHtml(saw.join(', '))}</p>` : ''}
${left.length > 0 ? `<h3>Run the line too, and were not asked</h3><p class="small">${escapeHtml(left.join(', '))}</p>` : ''}</section>`
}

const diffLines = (diff: string) =>
  diff
    .slice(diff.indexOf('@@'))
    .split('\n')
    .map((line) => {
      const name = line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : undefined
      return name ? `<span class="${name}">${escapeHtml(line)}</span>` : escapeHtml(line)
    })
    .join('\n')

function all(mutants: readonly Shown[]): string {
  const rows = mutants.map((one) => {
    const found = one.tiers.find(({ outcome }) => outcome === 'caught')
    const by = found ? `${found.by} (${found.where})` : ''
    return `<tr><td class="tight">${mark(one)}</td><td>${escapeHtml(`${one.path}:${one.line}`)}<br><span class="soft small">${one.id} · ${one.operator}</span></td><td data-label="by" class="small">${escapeHtml(by)}</td></tr>`
  })
  return `<section class="card"><h2>All mutants</h2><table class="stack"><thead><tr><th>outcome</th><th>place</th><th>caught by</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}
