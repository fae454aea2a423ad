import type { Outcome } from '../verdict/result.ts'
import { escapeHtml } from './escape.ts'
import { outcomeMark } from './format.ts'

/** Pieces of markup that the parts of a report share. */
export const mark = (outcome: Outcome): string =>
  `<span class="mark ${outcome}">${outcomeMark[outcome]} ${outcome}</span>`

/** A command to copy; its button is shown by the script. */
export const command = (text: string): string =>
  `<div class="command"><pre>${escapeHtml(text)}</pre><button type="button" data-copy="${escapeHtml(text)}">Copy</button></div>`

/** Returns where a scenario stands in the report of its run. */
export const anchorOf = (id: string): string => `s-${id.replace(/[^a-zA-Z0-9]+/g, '-')}`

/** Returns a table of rows that are markup already; on a phone its cells stand below each other. */
export function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.length === 0 ? '' : `<thead><tr>${heads.map((one) => `<th>${one}</th>`).join('')}</tr></thead>`
  return `<table class="stack">${head}<tbody>${rows.join('')}</tbody></table>`
}

/** What is folded away until somebody asks for it; the body is markup. */
export const folded = (summary: string, body: string, isOpen = false): string =>
  `<details class="more"${isOpen ? ' open' : ''}><summary>${escapeHtml(summary)}</summary>${body}</details>`

/** As the checker wrote it, for whoever looks for more than the sentence. */
export function evidenceOf(evidence: Record<string, unknown>): string {
  if (Object.keys(evidence).length === 0) return ''
  return folded('evidence', `<pre>${escapeHtml(JSON.stringify(evidence, null, 2))}</pre>`)
}
