import { describe, expect, it } from 'vitest'
import { commands, each, html, link, rawHtml, renderToString, type Value } from '../../../system/live/index.ts'

const shown = (value: Value) => renderToString(html`<p>${value}</p>`)

describe('values between tags', () => {
  it.each<[Value, string]>([
    [`<b>&"'`, '&lt;b&gt;&amp;&quot;&#39;'],
    [1, '1'],
    [2.5, '2.5'],
    [0, '0'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [false, ''],
    [[], ''],
    [['a', 1, '<'], 'a1&lt;'],
    [() => 'later', 'later'],
    [rawHtml('<i>safe</i>'), '<i>safe</i>'],
    [html`<i>${'<'}</i>`, '<i>&lt;</i>'],
    [[html`<i>1</i>`, 'x', html`<b>2</b>`], '<i>1</i>x<b>2</b>'],
    [each(['a', 'b'], (text, index) => html`<i>${index}${text}</i>`), '<i>0a</i><i>1b</i>'],
  ])('%j', (value, text) => {
    expect(shown(value)).toBe(`<p>${text}</p>`)
  })

  it.each([[{ a: 1 }], [new Date(0)], [Symbol('s')], [commands().push('go')]])('refuses %s', (value) => {
    expect(() => shown(value as never)).toThrow('a slot cannot show')
  })
})

describe('attributes', () => {
  it.each<[Value, string]>([
    ['a"b', ' title="a&quot;b"'],
    ['', ' title=""'],
    [7, ' title="7"'],
    [true, ' title'],
    [false, ''],
    [null, ''],
    [undefined, ''],
    [() => 'later', ' title="later"'],
  ])('title=%j', (value, text) => {
    expect(renderToString(html`<p id="p" title=${value}>x</p>`)).toBe(`<p id="p"${text}>x</p>`)
  })

  it('join lists of classes without their empty members', () => {
    const list = ['one', false, null, '', ['two', [undefined, 'three']]] as never
    expect(renderToString(html`<p class=${list}></p>`)).toBe('<p class="one two three"></p>')
    expect(renderToString(html`<p class="zero ${list}"></p>`)).toBe('<p class="zero one two three"></p>')
    expect(renderToString(html`<p class=${[]}></p>`)).toBe('<p></p>')
    for (const nothing of [null, undefined, false])
      expect(renderToString(html`<p class="zero ${nothing}"></p>`)).toBe('<p class="zero "></p>')
  })

  it('come as a bag, in its order', () => {
    expect(renderToString(html`<p ${{ 'data-y': '<', hidden: true, 'aria-label': null }}>x</p>`)).toBe(
      '<p data-y="&lt;" hidden>x</p>',
    )
    expect(renderToString(html`<p ${null}>x</p>`)).toBe('<p>x</p>')
  })

  it.each([[{ 'a b': 1 }], [{ 'x>': 1 }], [{ title: { a: 1 } }], ['text']])('refuse the bag %j', (bag) => {
    expect(() => renderToString(html`<p ${bag as never}></p>`)).toThrow(TypeError)
  })

  it('say what they were given where they cannot show it', () => {
    const long = { a: 'x'.repeat(100) }
    expect(() => renderToString(html`<p title=${{ a: 1 } as never}></p>`)).toThrow(
      'the attribute title cannot be {"a":1}; give it a string or a number',
    )
    expect(() => renderToString(html`<p title=${long as never}></p>`)).toThrow(`cannot be {"a":"${'x'.repeat(54)};`)
  })

  it('hold commands, which are JSON', () => {
    const chain = commands()
      .push('set', { value: { t: 'js' } })
      .hide({ to: '#d', timeMs: 10 })
    expect(renderToString(html`<p phx-click=${chain}></p>`)).toBe(
      '<p phx-click="[[&quot;push&quot;,{&quot;event&quot;:&quot;set&quot;,&quot;value&quot;:{&quot;t&quot;:&quot;js&quot;}}],[&quot;hide&quot;,{&quot;to&quot;:&quot;#d&quot;,&quot;time&quot;:10}]]"></p>',
    )
  })

  it('make links of each kind', () => {
    expect(renderToString(html`${link({ patch: '/a', replace: true }, 'A')}`)).toBe(
      '<a href="/a" data-phx-link="patch" data-phx-link-state="replace">A</a>',
    )
    expect(renderToString(html`${link({ navigate: '/a' }, 'A')}`)).toBe(
      '<a href="/a" data-phx-link="redirect" data-phx-link-state="push">A</a>',
    )
    expect(renderToString(html`${link({ href: '/a', method: 'delete', csrfToken: 't' }, 'A')}`)).toBe(
      '<a href="/a" data-method="delete" data-csrf="t" data-to="/a">A</a>',
    )
  })
})

describe('places where no value is safe', () => {
  it.each<[string, () => unknown]>([
    ['in a script', () => html`<script>${'x'}</script>`],
    ['in a script, where it looks like an attribute', () => html`<script>const a=${'x'}</script>`],
    ['in a style', () => html`<style>${'x'}</style>`],
    ['as the name of a tag', () => html`<${'p'}>`],
    ['in a part of an unquoted attribute', () => html`<p title=a${'b'}>`],
    ['as the name of an attribute', () => html`<p ${'a'}="b">`],
  ])('%s', (_where, make) => {
    expect(() => renderToString(make() as never)).toThrow(TypeError)
  })
})

describe('what is one tag', () => {
  it.each<[boolean, { template: { isOneTag: boolean } }]>([
    [true, html`<p>text ${'slot'}</p>`],
    [
      true,
      html`
      <ul><li>1<br></li><li title="a>b">${1}</li></ul>
    `,
    ],
    [true, html`<input value=${1}>`],
    [true, html`<svg><path d="M0"/></svg>`],
    [true, html`<!-- a note --><p></p>`],
    [false, html`${'slot'}`],
    [false, html`<p></p>${'slot'}`],
    [false, html`<p></p><p></p>`],
    [false, html`text <p></p>`],
    [false, html`<p>`],
    [false, html`<p></div>`],
    [false, html``],
  ])('%s: %#', (isOneTag, { template }) => {
    expect(template.isOneTag).toBe(isOneTag)
  })
})

it('reads a call site once', () => {
  const at = (value: string) => html`<p>${value}</p>`
  expect(at('a').template).toBe(at('b').template)
  expect(at('a').template).not.toBe(html`<p>${'a'}</p>`.template)
})
