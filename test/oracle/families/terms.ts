import type { AnyActorRef, Term } from '../../../system/runtime/index.ts'
import type { Data } from '../recording.ts'

/** A term of the recordings as tables hold it. Lists are objects, because tuples are arrays. */
export function readTerm(written: unknown, actorOf: (name: string) => AnyActorRef): Term {
  if (typeof written === 'number') return BigInt(written)
  if (Array.isArray(written)) return { list: written.map((part) => readTerm(part, actorOf)) }
  if (typeof written !== 'object' || written === null) return written as string | boolean | null
  const { float, atom, tuple, pid } = written as Data
  if (float !== undefined) return Number(float)
  if (atom !== undefined) return Symbol.for(atom)
  if (pid !== undefined) return actorOf(pid)
  return (tuple as unknown[]).map((part) => readTerm(part, actorOf))
}

/** The same the other way. */
export function writeTerm(term: Term): unknown {
  if (typeof term === 'bigint') return Number(term)
  if (typeof term === 'number') return { float: Number.isInteger(term) ? term.toFixed(1) : String(term) }
  if (typeof term === 'symbol') return { atom: term.description }
  if (typeof term !== 'object' || term === null) return term
  if (Array.isArray(term)) return { tuple: term.map(writeTerm) }
  return 'list' in term ? (term.list as Term[]).map(writeTerm) : { pid: (term as AnyActorRef).name }
}
