// @ts-expect-error: the package publishes no types for this part of it.
import OfficialRendered from '../../node_modules/phoenix_live_view/assets/js/phoenix_live_view/rendered.js'
import { allElements, type Element, parseElements, toText } from './elements.ts'

// What the client asks the browser for here: a deep copy.
Object.assign(globalThis, { window: globalThis })

type StreamNews = [
  ref: string,
  inserts: [id: string, at: number, limit: number | null, updateOnly: boolean][],
  deletes: string[],
  reset?: boolean,
]
interface Output {
  buffer: string
  streams: Set<StreamNews>
}
interface Rendered {
  mergeDiff(diff: object): void
  toString(onlyCids?: number[] | null): Output
  componentToString(cid: number): Output
  componentCIDs(diff: object): number[]
  isComponentOnlyDiff(diff: object): boolean
  getComponent(diff: object, cid: number): object
  resetRender(cid: number): void
  pruneCIDs(cids: number[]): void
}

/**
 * The part of the official client between a frame and the document: its own merging and its own HTML, with the parts that it skips,
 * put into a small document as the client's patch does it.
 */
export class LiveClient {
  private readonly rendered: Rendered
  private document: (Element | string)[] = []

  constructor(joined: object) {
    this.rendered = new OfficialRendered('phx-test', structuredClone(joined)) as Rendered
    this.patch(this.rendered.toString(null))
  }

  /** Takes a frame, as the client's `update` does. Returns the components that it no longer shows. */
  update(frame: object): number[] {
    const { e: _events, r: _reply, t: _title, ...diff } = structuredClone(frame) as Record<string, unknown>
    if (Object.keys(diff).length === 0) return []
    const before = this.cids()
    this.rendered.mergeDiff(diff)
    if (this.rendered.isComponentOnlyDiff(diff)) this.patchComponents(diff)
    else this.patch(this.rendered.toString(this.rendered.componentCIDs(diff)))
    const after = new Set(this.cids())
    const gone = before.filter((cid) => !after.has(cid))
    for (const cid of gone) this.rendered.resetRender(cid)
    return gone
  }

  forget(cids: number[]) {
    this.rendered.pruneCIDs(cids)
  }

  text(): string {
    return toText(this.document)
  }

  private cids(): number[] {
    return [...allElements(this.document)].flatMap(({ attributes }) => {
      const cid = attributes.get('data-phx-component')
      return cid === undefined ? [] : [Number(cid)]
    })
  }

  /** Only components that stand in no other changed one: a parent brings its children. */
  private patchComponents(diff: object) {
    const changed = new Set(this.rendered.componentCIDs(diff))
    for (const cid of changed) {
      const element = this.elementOf(cid)
      if (!element || this.isInside(element, changed)) continue
      if (Object.keys(this.rendered.getComponent(diff, cid)).length === 0) continue
      const { buffer, streams } = this.rendered.componentToString(cid)
      const [fresh] = this.resolve(parseElements(buffer), streams)
      Object.assign(element, fresh)
    }
  }

  private elementOf(cid: number): Element | undefined {
    return [...allElements(this.document)].find(
      ({ attributes }) => attributes.get('data-phx-component') === String(cid),
    )
  }

  private isInside(element: Element, cids: ReadonlySet<number>): boolean {
    return [...cids].some((cid) => {
      const other = this.elementOf(cid)
      return other !== undefined && other !== element && [...allElements(other.children)].includes(element)
    })
  }

  private patch({ buffer, streams }: Output) {
    this.document = this.resolve(parseElements(buffer), streams)
  }

  /** New nodes with what is kept of the old document: skipped parts, and what stands in streams. */
  private resolve(nodes: (Element | string)[], streams: Set<StreamNews>): (Element | string)[] {
    const old = [...allElements(this.document)]
    const byMagicId = new Map(old.map((element) => [element.attributes.get('data-phx-id'), element]))
    const streamed = new Map(old.filter(isStream).map((element) => [element.attributes.get('id'), element.children]))
    const resolve = (node: Element | string): Element | string => {
      if (typeof node === 'string') return node
      if (node.attributes.has('data-phx-skip')) return kept(byMagicId.get(node.attributes.get('data-phx-id')), node)
      const children = node.children.map(resolve)
      if (!isStream(node)) return { ...node, children }
      const before = (streamed.get(node.attributes.get('id')) ?? []) as Element[]
      return { ...node, children: applyStreams(before, elementsOf(children), [...streams]) }
    }
    return nodes.map(resolve)
  }
}

function kept(old: Element | undefined, skipped: Element): Element {
  if (old) return old
  throw new Error(`the client skips ${JSON.stringify([...skipped.attributes])}, which is not in the document`)
}

const isStream = ({ attributes }: Element) => attributes.get('phx-update') === 'stream'
const elementsOf = (nodes: (Element | string)[]) => nodes.filter((node): node is Element => typeof node !== 'string')
const idOf = ({ attributes }: Element) => attributes.get('id')!

/** For documents with one stream: all news are of it. */
function applyStreams(before: Element[], fresh: Element[], streams: StreamNews[]): Element[] {
  const inserts = new Map(streams.flatMap(([, list]) => list.map((insert) => [insert[0], insert] as const)))
  const deletes = new Set(streams.flatMap(([, , gone]) => gone))
  const isReset = streams.some(([, , , reset]) => reset)
  let list = isReset ? [] : before.filter((element) => !deletes.has(idOf(element)))
  for (const element of fresh) {
    const [, at, limit, updateOnly] = inserts.get(idOf(element))!
    const index = list.findIndex((one) => idOf(one) === idOf(element))
    if (index >= 0) list = list.with(index, element)
    else if (!updateOnly) list = list.toSpliced(at < 0 ? list.length : at, 0, element)
    if (limit !== null) list = limit < 0 ? list.slice(limit) : list.slice(0, limit)
  }
  return list
}
