import { recordReads } from './assigns.ts'
import { describe, renderAttribute, renderBag, renderQuoted } from './attribute.ts'
import { resolveList, resolveStream } from './comprehension.ts'
import { escapeHtml } from './escape.ts'
import { List, type Nested, type Slot, Stream, Tree, type Unit } from './tree.ts'
import {
  Body,
  Commands,
  ComponentCall,
  Each,
  NestedCall,
  RawHtml,
  Rendered,
  type SlotKind,
  StreamEach,
  type Value,
} from './value.ts'

/** What templates need in addition to their values. */
export interface RenderContext {
  /** Which assigns have another value than when the tree before was rendered. */
  readonly changed: ReadonlySet<string>
  /** The number of the component that stands there. */
  component(call: ComponentCall): number
  nested(call: NestedCall, before: Slot | undefined): Nested
  /** Told of each stream that has news. */
  streamed(stream: Stream): void
  /** Told that a slot was evaluated again, as an assign that it reads has changed, and that it shows the same as before. */
  repeated?(): void
}

export const bodyUnit = (run: () => Value): Unit => ({ run, isBody: true, reads: [] })

/** Evaluates a root. Throws a TypeError unless it is a template. */
export function renderRoot(unit: Unit, before: Tree | undefined, context: RenderContext): Tree {
  const isClean = before && !isTouched(unit, context.changed)
  const slot = isClean ? refresh(before, context) : evaluate(unit, textSlot, before, context)
  if (slot instanceof Tree) return slot
  throw new TypeError('render must return a template: html`...`')
}

const textSlot: SlotKind = { place: 'text', name: '' }

const isTouched = ({ reads }: Unit, changed: ReadonlySet<string>) => reads.some((key) => changed.has(key))

/** A slot after the assigns have changed; the same object when that made no difference. */
function refresh(slot: Slot, context: RenderContext): Slot {
  if (slot instanceof List) return refreshList(slot, context)
  return slot instanceof Tree && slot.units ? refreshTree(slot, slot.units, context) : slot
}

function refreshTree(tree: Tree, units: readonly (Unit | undefined)[], context: RenderContext): Tree {
  const slots = tree.slots.map((slot, index) => {
    const unit = units[index]
    if (!unit || !isTouched(unit, context.changed)) return refresh(slot, context)
    return evaluateAgain(unit, tree.template.slots[index]!, slot, context)
  })
  return isSameList(slots, tree.slots) ? tree : new Tree(tree.template, slots, units)
}

function refreshList(list: List, context: RenderContext): List {
  if (!list.canRefresh) return list
  const entries = list.entries.map((entry) => (entry.units ? refreshTree(entry, entry.units, context) : entry))
  return isSameList(entries, list.entries) ? list : new List(list.template, list.keys, entries)
}

const isSameList = (one: readonly unknown[], other: readonly unknown[]) =>
  one.every((each, index) => each === other[index])

function evaluateAgain(unit: Unit, kind: SlotKind, before: Slot | undefined, context: RenderContext): Slot {
  const after = evaluate(unit, kind, before, context)
  if (after === before && isPlain(after) && isTouched(unit, context.changed)) context.repeated?.()
  return after
}

/** A text, or a list without entries: what is in other slots counts by itself. */
const isPlain = (slot: Slot) => typeof slot === 'string' || (slot instanceof List && slot.entries.length === 0)

function evaluate(unit: Unit, kind: SlotKind, before: Slot | undefined, context: RenderContext): Slot {
  const { result, reads } = recordReads(unit.isBody, () => resolveSlot(unit.run(), kind, before, context))
  unit.reads = reads
  return result
}

/** A value in its slot, by the place where the slot is. */
function resolveSlot(value: Value, kind: SlotKind, before: Slot | undefined, context: RenderContext): Slot {
  if (kind.place === 'text') return resolve(value, before, context)
  if (kind.place === 'attribute') return renderAttribute(kind.name, value)
  return kind.place === 'bag' ? renderBag(value) : renderQuoted(value)
}

/** A value between tags. */
function resolve(value: Value, before: Slot | undefined, context: RenderContext): Slot {
  if (typeof value === 'string') return escapeHtml(value)
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'number' || value === true) return String(value)
  if (value instanceof Rendered) return resolveTree(value, before, context)
  if (value instanceof RawHtml) return value.text
  if (value instanceof Each) return resolveList(value, before, entryResolver(context))
  if (value instanceof StreamEach) return resolveNews(value, before, context)
  if (value instanceof ComponentCall) return context.component(value)
  if (value instanceof NestedCall) return context.nested(value, before)
  if (Array.isArray(value)) return resolveArray(value, before, context)
  throw new TypeError(
    `a slot cannot show ${describe(value)}${value instanceof Commands ? ' outside of an attribute' : ''}`,
  )
}

/** Texts are joined; anything else is a list whose keys are the indexes. */
function resolveArray(values: readonly Value[], before: Slot | undefined, context: RenderContext): Slot {
  const isText = values.every((one) => typeof one === 'string' || typeof one === 'number')
  if (isText && !(before instanceof List)) return escapeHtml(values.join(''))
  return resolveList(new Each(values, undefined, (one) => one as Value), before, entryResolver(context))
}

function resolveNews(value: StreamEach, before: Slot | undefined, context: RenderContext): Slot {
  const slot = resolveStream(value, before, entryResolver(context))
  if (slot instanceof Stream && slot !== before) context.streamed(slot)
  return slot
}

const entryResolver = (context: RenderContext) => (entry: Rendered, before: Tree | undefined) =>
  resolveTree(entry, before, context)

/** The same tree when no slot of it has changed and none can change on its own. */
function resolveTree({ template, values }: Rendered, before: Slot | undefined, context: RenderContext): Tree {
  const old = before instanceof Tree && before.template === template ? before : undefined
  const units: (Unit | undefined)[] = []
  let hasUnits = false
  const slots = values.map((value, index) => {
    const unit = unitOf(value)
    units.push(unit)
    const kind = template.slots[index]!
    const slot = unit
      ? evaluateAgain(unit, kind, old?.slots[index], context)
      : resolveSlot(value, kind, old?.slots[index], context)
    hasUnits ||= unit !== undefined || canRefresh(slot)
    return slot
  })
  if (!hasUnits && old && !old.units && isSameList(slots, old.slots)) return old
  return new Tree(template, slots, hasUnits ? units : undefined)
}

const canRefresh = (slot: Slot) =>
  (slot instanceof Tree && slot.units !== undefined) || (slot instanceof List && slot.canRefresh)

function unitOf(value: Value): Unit | undefined {
  if (value instanceof Body) return bodyUnit(value.run)
  return typeof value === 'function' ? { run: value, isBody: false, reads: [] } : undefined
}
