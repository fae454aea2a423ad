import { escapeHtml } from '../reporters/escape.ts'
import { style } from '../reporters/style.ts'

const own = `
:root{--series-1:#1f6fb2;--series-2:#c2571a;--series-3:#6b7680;--series-4:#2f7d4f}
@media(prefers-color-scheme:dark){:root{--series-1:#6fb4ee;--series-2:#f0a05c;--series-3:#98a4ad;--series-4:#6cc793}}
figure{margin:12px 0 4px}figcaption{color:var(--soft);font-size:.9rem;margin-top:6px}figure svg{max-width:100%;height:auto;overflow:visible}
.phone-only{display:none}@media(max-width:560px){.phone-only{display:block}.desk-only{display:none}}
.verdict.neutral{background:var(--lane);border-color:var(--series-1)}.verdict h1{margin:0}
.legend svg{vertical-align:middle}`

export interface ChartPage {
  title: string
  /** The verdict, the first line of the page. */
  lead: string
  /** How the first line is coloured. */
  tone: 'plain' | 'passed' | 'violated' | 'unknown'
  /** Below the first line; markup. */
  below?: string
  /** Markup. */
  sections: readonly { heading: string; body: string }[]
}

/** Returns a page as one file that needs neither network nor scripts, for light, dark, phone and desktop. Pure. */
export const chartPage = ({ title, lead, tone, below = '', sections }: ChartPage): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${style}${own}</style></head>
<body><main>
<header class="verdict ${tone === 'plain' ? 'neutral' : tone}"><h1>${escapeHtml(lead)}</h1>${below}</header>
${sections.map(({ heading, body }) => `<section class="card"><h2>${escapeHtml(heading)}</h2>${body}</section>`).join('\n')}
</main></body></html>
`
