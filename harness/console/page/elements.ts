type Attributes = Record<string, string | boolean | undefined | ((event: Event) => void)>
type Child = Node | string | undefined

/** An element with attributes and children. A function is a listener: `onclick`. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key.slice(2), value)
    else if (value === true) made.setAttribute(key, '')
    else if (value !== undefined && value !== false) made.setAttribute(key, value)
  }
  made.append(...children.filter((child) => child !== undefined))
  return made
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no element ${id}`)
  return found
}

/** Sets text only where it differs, so that nothing is announced or repainted for nothing. */
export function setText(target: Element, text: string) {
  if (target.textContent !== text) target.textContent = text
}

interface Keyed<T> {
  keyOf(item: T): string
  create(item: T): HTMLElement
  update(target: HTMLElement, item: T): void
}

/** Makes a container show these items; an element stays the same while its item does, so that a click or the focus is never lost. */
export function showList<T>(container: Element, items: readonly T[], { keyOf, create, update }: Keyed<T>) {
  const before = new Map([...container.children].map((child) => [child.getAttribute('data-key'), child as HTMLElement]))
  const now = items.map((item) => {
    const key = keyOf(item)
    const known = before.get(key)
    const target = known ?? create(item)
    if (!known) target.setAttribute('data-key', key)
    update(target, item)
    return target
  })
  for (const [index, target] of now.entries())
    if (container.children[index] !== target) container.insertBefore(target, container.children[index] ?? null)
  while (container.children.length > now.length) container.lastElementChild!.remove()
}
