/** What travels through the pipeline (PM-31, PM-47). */
export interface PipelineItem {
  item: Readonly<Record<string, unknown>>
  /** Unix time in ms at the moment of the push, of the clock of whoever pushed. */
  enqueued_at?: number
  /** Where it is stored, if its producer stores it. */
  storedAs?: string
}

export class InvalidItem extends TypeError {
  override name = 'InvalidItem'
}

/** Throws InvalidItem for anything but a plain object: what is pushed comes from any part of the system. */
export function readItem(item: unknown): PipelineItem {
  const isPlain = typeof item === 'object' && item !== null && !Array.isArray(item)
  if (!isPlain) throw new InvalidItem(`cannot push ${describe(item)}: expected an object such as { data, user_id }`)
  return { item: item as PipelineItem['item'] }
}

const describe = (item: unknown) => (Array.isArray(item) ? 'a list' : `${item}`)
