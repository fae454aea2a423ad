import type { SlotKind } from './value.ts'

type State = 'text' | 'tag' | 'single' | 'double' | 'unquoted' | 'comment' | 'raw'

const voidTags = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '))
/** The browser reads no entities in these, so that no value can be escaped for them. */
const rawTags = new Set(['script', 'style'])

export interface Scanned {
  statics: readonly string[]
  slots: readonly SlotKind[]
  isOneTag: boolean
}

/**
 * Reads the static parts of a template once: which slot is a text, which an attribute, and whether the whole is one tag. Throws a
 * TypeError where no value would be safe.
 */
export function scanTemplate(strings: readonly string[]): Scanned {
  const scanner = new Scanner()
  const slots: SlotKind[] = []
  const statics = strings.map((text, index) => {
    scanner.read(text)
    if (index === strings.length - 1) return text
    const slot = scanner.slot(text)
    slots.push(slot)
    if (slot.place === 'attribute') return text.replace(/\s+[^\s"'<>/=]+=$/, '')
    return slot.place === 'bag' ? text.replace(/\s+$/, '') : text
  })
  return { statics, slots, isOneTag: scanner.isOneTag() }
}

class Scanner {
  private state: State = 'text'
  private readonly open: string[] = []
  private tag = ''
  private isClosing = false
  private roots = 0
  private hasRootText = false
  private isBroken = false

  read(text: string) {
    for (let at = 0; at < text.length; at += 1) at = this.step(text, at)
  }

  /** What the slot after the text read last is. */
  slot(text: string): SlotKind {
    if (this.state === 'text') {
      if (/<\/?$/.test(text)) throw new TypeError('the name of a tag cannot be a slot; choose between two templates')
      if (this.open.length === 0) this.hasRootText = true
      return { place: 'text', name: '' }
    }
    if (this.state === 'double' || this.state === 'single') return { place: 'quoted', name: '' }
    if (this.state === 'comment') return { place: 'text', name: '' }
    if (this.state === 'raw')
      throw new TypeError(`a slot in <${this.tag}> cannot be made safe; put the value into a data attribute`)
    return this.slotInTag(text)
  }

  isOneTag() {
    return this.roots === 1 && this.open.length === 0 && !this.hasRootText && !this.isBroken && this.state === 'text'
  }

  private slotInTag(text: string): SlotKind {
    const [, name] = /\s([^\s"'<>/=]+)=$/.exec(text) ?? []
    if (name) {
      this.state = 'tag'
      return { place: 'attribute', name }
    }
    if (this.state === 'tag' && /\s$/.test(text)) return { place: 'bag', name: '' }
    throw new TypeError(
      `a slot after "${text.slice(-30)}" is no whole attribute; write name=\${value} or quote the value`,
    )
  }

  /** Reads one letter, or a whole tag name or comment mark. Returns the place of the last letter that was read. */
  private step(text: string, at: number): number {
    const letter = text[at]!
    if (this.state === 'text') return this.inText(text, at)
    if (this.state === 'raw') return this.inRaw(text, at)
    if (this.state === 'comment') return this.inComment(text, at)
    if (this.state === 'tag') this.inTag(text, at)
    else if (this.state === 'double' && letter === '"') this.state = 'tag'
    else if (this.state === 'single' && letter === "'") this.state = 'tag'
    else if (this.state === 'unquoted') this.inUnquoted(text, at)
    return at
  }

  private inText(text: string, at: number): number {
    if (text.startsWith('<!--', at)) {
      this.state = 'comment'
      return at + 3
    }
    const [found, slash, name] = /^<(\/?)([a-zA-Z!][^\s/>]*)/.exec(text.slice(at, at + 80)) ?? []
    if (!found) {
      if (this.open.length === 0 && text[at]!.trim() !== '') this.hasRootText = true
      return at
    }
    this.state = 'tag'
    this.isClosing = slash === '/'
    this.tag = name!.toLowerCase()
    return at + found.length - 1
  }

  private inTag(text: string, at: number) {
    const letter = text[at]
    if (letter === '"') this.state = 'double'
    else if (letter === "'") this.state = 'single'
    else if (letter === '=' && /[^\s"'>]/.test(text[at + 1] ?? '"')) this.state = 'unquoted'
    else if (letter === '>') this.endTag(text[at - 1] === '/')
  }

  private inUnquoted(text: string, at: number) {
    if (text[at] === '>') this.endTag(false)
    else if (/\s/.test(text[at]!)) this.state = 'tag'
  }

  private inRaw(text: string, at: number): number {
    if (!text.slice(at).toLowerCase().startsWith(`</${this.tag}`)) return at
    this.state = 'tag'
    this.isClosing = true
    return at + this.tag.length + 1
  }

  private inComment(text: string, at: number): number {
    if (!text.startsWith('-->', at)) return at
    this.state = 'text'
    return at + 2
  }

  private endTag(isSelfClosed: boolean) {
    this.state = 'text'
    if (this.tag.startsWith('!')) return
    if (this.isClosing) {
      if (this.open.pop() !== this.tag) this.isBroken = true
      return
    }
    if (this.open.length === 0) this.roots += 1
    if (voidTags.has(this.tag) || isSelfClosed) return
    this.open.push(this.tag)
    if (rawTags.has(this.tag)) this.state = 'raw'
  }
}
