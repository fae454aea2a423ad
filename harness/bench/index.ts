import type { Bench } from './bench.ts'
import { cart } from './benches/cart.ts'
import { chat } from './benches/chat.ts'
import { connect } from './benches/connect.ts'
import { fanout } from './benches/fanout.ts'
import { generator } from './benches/generator.ts'
import { idle } from './benches/idle.ts'
import { judge } from './benches/judge.ts'
import { live } from './benches/live.ts'
import { presence } from './benches/presence.ts'
import { proxy } from './benches/proxy.ts'
import { reply } from './benches/reply.ts'

/** Every benchmark by its name. */
export const benches: Record<string, Bench> = {
  fanout,
  chat,
  reply,
  connect,
  idle,
  judge,
  live,
  presence,
  proxy,
  cart,
  generator,
}

export { type BenchResult, type Demand, type Grade, gradeOf, type Reading } from './bench.ts'
export { keepOffServers, processors } from './server.ts'
