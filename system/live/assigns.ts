import { isDeepStrictEqual } from 'node:util'

export type Values = Record<string, unknown>

/** What was read while one slot was evaluated. */
interface Reader {
  readonly keys: Set<string>
  /** The body of a view is evaluated again as a whole. */
  readonly isBody: boolean
}

let current: Reader | undefined

/** Runs and says which assigns were read meanwhile, but not by slots that are evaluated on their own inside. */
export function recordReads<T>(isBody: boolean, run: () => T): { result: T; reads: readonly string[] } {
  const outer = current
  const reader: Reader = { keys: new Set(), isBody }
  current = reader
  try {
    return { result: run(), reads: [...reader.keys] }
  } finally {
    current = outer
  }
}

/** The state of one view or component, with a note of what has changed since it was rendered last. */
export class Assigns {
  readonly values: Values
  readonly changed = new Set<string>()
  /** What templates get: reading is recorded, writing is refused. */
  readonly tracked: Readonly<Values>
  /** Names and start values of assigns that go back to them after each render. */
  private readonly temporary: Readonly<Values>

  constructor(values: Values, temporary: Readonly<Values> = {}) {
    this.values = values
    this.temporary = temporary
    this.tracked = new Proxy(values, { get: (_target, key) => this.read(key), set: refuseWrite })
  }

  /** An equal value is no change. State is never changed in place: such a change would not be seen. */
  set(values: Readonly<Values>) {
    for (const [key, value] of Object.entries(values)) {
      if (key in this.values && isSame(this.values[key], value)) continue
      this.values[key] = value
      this.changed.add(key)
    }
  }

  /** Something inside of this value has changed. */
  touch(key: string) {
    this.changed.add(key)
  }

  /** Everything was rendered. */
  settle() {
    this.changed.clear()
    Object.assign(this.values, this.temporary)
  }

  private read(key: string | symbol) {
    if (typeof key !== 'string') return Reflect.get(this.values, key)
    if (current?.isBody && key in this.temporary)
      throw new TypeError(`${key} is a temporary assign; read it in a slot of its own: \${() => assigns.${key}}`)
    current?.keys.add(key)
    return this.values[key]
  }
}

const isSame = (one: unknown, other: unknown) =>
  Object.is(one, other) || (isObject(one) && isDeepStrictEqual(one, other))
const isObject = (value: unknown) => typeof value === 'object' && value !== null

function refuseWrite(_target: Values, key: string | symbol): never {
  throw new TypeError(`a template only reads, but this one sets ${String(key)}; use socket.assign() in a handler`)
}
