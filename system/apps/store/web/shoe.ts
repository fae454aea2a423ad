import { html, type Rendered } from '../../../live/index.ts'

/** Own drawings: one low runner in the colours of a product. */
const palettes: Record<string, { body: string; dark: string; accent: string; sole: string }> = {
  ember: { body: '#e4572e', dark: '#8f2d14', accent: '#ffc914', sole: '#fff4e6' },
  harbor: { body: '#2e86ab', dark: '#17455a', accent: '#7ee8c7', sole: '#f2fbff' },
}

export function shoe(color: string, label: string): Rendered {
  const { body, dark, accent, sole } = palettes[color] ?? palettes.ember!
  return html`<svg class="shoe" viewBox="0 0 400 220" role="img" aria-label="${label}">
<ellipse cx="200" cy="198" rx="170" ry="10" fill="currentColor" opacity=".12"></ellipse>
<path d="M42 150 C40 118 52 78 78 62 C96 52 112 62 126 74 C150 94 178 96 208 92 C236 118 276 130 318 134 C348 138 366 148 368 164 L368 172 L42 172 Z" fill="${body}"></path>
<path d="M42 150 C40 118 52 78 78 62 C90 56 100 58 110 64 C102 96 104 132 122 172 L42 172 Z" fill="${dark}"></path>
<path d="M300 132 C346 136 366 148 368 164 L368 172 L286 172 C284 156 288 142 300 132 Z" fill="${dark}" opacity=".55"></path>
<path d="M124 150 C176 152 236 140 262 116 C252 112 244 106 236 100 C206 124 168 134 120 132 Z" fill="${accent}"></path>
<g stroke="${sole}" stroke-width="6" stroke-linecap="round"><path d="M150 92 L170 112"></path><path d="M174 96 L194 116"></path><path d="M198 95 L220 114"></path></g>
<path d="M34 172 H372 C380 172 380 190 366 192 H54 C38 192 30 182 34 172 Z" fill="${sole}" stroke="${dark}" stroke-opacity=".35" stroke-width="2"></path>
<path d="M60 182 H350" stroke="${accent}" stroke-width="4" stroke-dasharray="18 10"></path>
</svg>`
}
