/** Just enough of a document to patch: elements, their attributes in order, and texts. */
export interface Element {
  tag: string
  attributes: Map<string, string>
  children: (Element | string)[]
}

const voidTags = new Set(['br', 'hr', 'img', 'input', 'link', 'meta'])
const token = /<!--[\s\S]*?-->|<(\/?)([a-z][^\s/>]*)((?:\s+[^\s=/>"']+(?:="[^"]*")?)*)\s*\/?>/gi

/** Reads the HTML that templates make; throws on tags that do not match. */
export function parseElements(html: string): (Element | string)[] {
  const root: Element = { tag: '', attributes: new Map(), children: [] }
  const open = [root]
  let last = 0
  const put = (text: string) => text !== '' && open.at(-1)!.children.push(text)
  for (const match of html.matchAll(token)) {
    put(html.slice(last, match.index))
    last = match.index + match[0].length
    const [, slash, name, attributes = ''] = match
    if (!name) continue
    if (slash) close(open, name)
    else {
      const element = { tag: name, attributes: attributesOf(attributes), children: [] }
      open.at(-1)!.children.push(element)
      if (!voidTags.has(name)) open.push(element)
    }
  }
  put(html.slice(last))
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.tag}> is not closed in ${html}`)
  return root.children
}

function close(open: Element[], name: string) {
  const element = open.pop()
  if (element?.tag !== name || open.length === 0) throw new Error(`</${name}> closes <${element?.tag}>`)
}

const attributesOf = (text: string) =>
  new Map([...text.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name!, value ?? '']))

export function* allElements(nodes: readonly (Element | string)[]): Generator<Element> {
  for (const node of nodes) {
    if (typeof node === 'string') continue
    yield node
    yield* allElements(node.children)
  }
}

/** What a user sees: without the client's own marks, and without the blanks between tags. */
export const toText = (nodes: readonly (Element | string)[]): string => nodes.map(nodeText).join('')

function nodeText(node: Element | string): string {
  if (typeof node === 'string') return node.trim() === '' ? '' : node
  const attributes = [...node.attributes]
    .filter(([name]) => !/^data-phx-(id|skip|component|view)$/.test(name))
    .map(([name, value]) => ` ${name}="${value}"`)
  const start = `<${node.tag}${attributes.sort().join('')}>`
  return voidTags.has(node.tag) ? start : `${start}${toText(node.children)}</${node.tag}>`
}
