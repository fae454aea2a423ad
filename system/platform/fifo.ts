/** First in, first out in constant time however long it is: `Array.shift` moves everything that stays behind. */
export class Fifo<T> {
  private items: (T | undefined)[] = []
  private head = 0

  get length() {
    return this.items.length - this.head
  }

  push(item: T) {
    this.items.push(item)
  }

  /** To the front, before all that wait. */
  pushFirst(item: T) {
    if (this.head === 0) return void this.items.unshift(item)
    this.head -= 1
    this.items[this.head] = item
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined
    const item = this.items[this.head]
    this.items[this.head] = undefined
    this.head += 1
    if (this.head === this.items.length || this.head >= compactFrom) this.compact()
    return item
  }

  /** Removes the newest. */
  pop(): T | undefined {
    return this.length === 0 ? undefined : this.items.pop()
  }

  /** Up to `count` from the front, which stay. */
  first(count: number): T[] {
    return this.items.slice(this.head, this.head + count) as T[]
  }

  /** Removes up to `count` from the front. */
  take(count: number): T[] {
    return Array.from({ length: Math.min(count, this.length) }, () => this.shift() as T)
  }

  private compact() {
    if (this.head * 2 < this.items.length) return
    this.items.splice(0, this.head)
    this.head = 0
  }
}

/** Fewer emptied places than this are not worth moving the rest. */
const compactFrom = 1_024
