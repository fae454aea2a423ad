import type { Random } from '../../../system/platform/random.ts'
import type { Machine } from './machine.ts'
import type { VirtualClock } from './virtual-clock.ts'

type Way = 'there' | 'back'

/** What can be wrong between two places. */
export interface Link {
  readonly from: string
  readonly to: string
  /** Messages so far, in both directions. */
  carried: number
  /** Nothing that is sent this way arrives. */
  readonly cut: Set<Way>
  /** Every connection is torn down, new ones too. */
  isResetting: boolean
  /** How late everything comes back, give or take. */
  lateMs: number
  jitterMs: number
  /** Ends of connections that are open. */
  readonly ends: Set<End>
}

interface Listener {
  machine: Machine
  accept(end: End, from: string, target: string): void
}

/** How long a message is on its way when nothing is wrong. */
const tripMinMs = 1
const tripMaxMs = 4
/** As a browser sees a connection that broke. */
const brokenCode = 1006

export type Network = ReturnType<typeof createNetwork>

/** Connections between named places, message by message, in order; each pair of places has a link that can be broken (FI-3, FI-4, FI-7). */
export function createNetwork(clock: VirtualClock, random: Random) {
  const links = new Map<string, Link>()
  const listeners = new Map<string, Listener>()

  function link(from: string, to: string): Link {
    const name = `${from}->${to}`
    const known = links.get(name)
    if (known) return known
    const made: Link = {
      ...{ from, to, carried: 0, isResetting: false, lateMs: 0, jitterMs: 0 },
      ...{ cut: new Set<Way>(), ends: new Set<End>() },
    }
    links.set(name, made)
    return made
  }

  const tripMs = ({ lateMs, jitterMs }: Link, way: Way) =>
    random.integer(tripMinMs, tripMaxMs) +
    (way === 'back' ? lateMs + (jitterMs > 0 ? random.integer(-jitterMs, jitterMs) : 0) : 0)

  /** Hands something to one end of a connection, later, and never before what was sent earlier. */
  function carry(to: End, run: () => void) {
    to.link.carried += 1
    if (to.link.cut.has(to.way)) return
    to.nextMs = Math.max(to.nextMs, clock.monotonicMs() + tripMs(to.link, to.way))
    to.after(to.nextMs - clock.monotonicMs(), run)
  }

  function pair(from: string, to: string, dialling: Machine | undefined, listening: Machine | undefined): End {
    const between = link(from, to)
    const near = new End(between, 'back', dialling, clock, carry)
    const far = new End(between, 'there', listening, clock, carry)
    near.peer = far
    far.peer = near
    return near
  }

  /** Both ends learn of it, whatever state the link is in. */
  function breakAll(broken: Link) {
    for (const end of [...broken.ends]) end.isTold(brokenCode)
  }

  return {
    link,
    links: (): readonly Link[] => [...links.values()],
    /** Takes the connections that are made to an address, such as `n1:web`. */
    listen(address: string, machine: Machine, accept: Listener['accept']) {
      listeners.set(address, { machine, accept })
      return () => void listeners.delete(address)
    },
    /** A connection from a place; `target` is what the other side is asked for. */
    connect(from: string, address: string, target = '', machine?: Machine): End {
      const [to = ''] = address.split(':')
      const listener = listeners.get(address)
      const near = pair(from, to, machine, listener?.machine)
      const far = near.peer
      if (near.link.isResetting || !listener || listener.machine.isGone()) {
        near.after(tripMinMs, () => near.isTold(brokenCode))
        return near
      }
      far.begin()
      near.begin()
      carry(far, () => listener.accept(far, from, target))
      return near
    },
    cut(broken: Link, ways: readonly Way[]) {
      for (const way of ways) broken.cut.add(way)
    },
    /** Connections that lost something end: they have a hole in what they carried. */
    mend(broken: Link) {
      broken.cut.clear()
      breakAll(broken)
    },
    reset(broken: Link) {
      broken.isResetting = true
      breakAll(broken)
    },
  }
}

/** One end of a connection. */
export class End {
  readonly link: Link
  /** What comes to this end goes this way. */
  readonly way: Way
  peer!: End
  nextMs = 0
  /** Whether it ever was. */
  isOpen = false
  onOpen: () => void = () => {}
  onMessage: (text: string) => void = () => {}
  onClose: (code: number) => void = () => {}
  private isOver = false
  private readonly machine: Machine | undefined
  private readonly clock: VirtualClock
  private readonly carry: (to: End, run: () => void) => void

  constructor(
    link: Link,
    way: Way,
    machine: Machine | undefined,
    clock: VirtualClock,
    carry: (to: End, run: () => void) => void,
  ) {
    this.link = link
    this.way = way
    this.machine = machine
    this.clock = clock
    this.carry = carry
  }

  begin() {
    this.link.ends.add(this)
    this.machine?.onEnd(() => this.close(brokenCode))
  }

  after(delayMs: number, run: () => void) {
    if (this.machine) this.machine.clock.after(delayMs, run)
    else this.clock.after(delayMs, run)
  }

  get isClosed() {
    return this.isOver
  }

  /** The side that was dialled takes the connection. */
  accept() {
    const { peer } = this
    this.isOpen = true
    this.carry(peer, () => {
      if (peer.isOver) return
      peer.isOpen = true
      peer.onOpen()
    })
  }

  send(text: string) {
    if (!this.isOver) this.carry(this.peer, () => !this.peer.isOver && this.peer.onMessage(text))
  }

  /** Ends it from this side, which is told a little later, as the other one is. */
  close(code: number) {
    if (this.isOver) return
    this.carry(this.peer, () => this.peer.isTold(code))
    this.isTold(code)
  }

  isTold(code: number) {
    if (this.isOver) return
    this.isOver = true
    this.link.ends.delete(this)
    this.after(0, () => this.onClose(code))
  }
}
