import type { TaskResult } from './socket.ts'
import type { Value } from './value.ts'

/** An assign that is loaded in a task while the page goes on. */
export interface AsyncResult<T = unknown> {
  readonly isLoading: boolean
  /** There is a value, perhaps of an earlier load. */
  readonly isOk: boolean
  readonly value: T | undefined
  /** Why the last load failed. */
  readonly error: unknown
}

const nothingYet: AsyncResult<never> = { isLoading: true, isOk: false, value: undefined, error: undefined }

export function loading(before: unknown, reset: boolean): AsyncResult {
  return reset || !isAsyncResult(before) ? nothingYet : { ...before, isLoading: true }
}

export function loaded(before: unknown, result: TaskResult): AsyncResult {
  if (result.kind === 'ok') return { isLoading: false, isOk: true, value: result.value, error: undefined }
  return { ...(isAsyncResult(before) ? before : nothingYet), isLoading: false, error: result.error }
}

const isAsyncResult = (value: unknown): value is AsyncResult =>
  typeof value === 'object' && value !== null && 'isLoading' in value

interface AsyncBranches<T> {
  loading(): Value
  ok(value: T): Value
  failed(error: unknown): Value
}

/** What stands for an AsyncResult: a value that was loaded once is shown until there is another. */
export function asyncResult<T>(result: AsyncResult<T> | undefined, branches: AsyncBranches<T>): Value {
  if (result?.isOk) return branches.ok(result.value as T)
  return !result || result.isLoading ? branches.loading() : branches.failed(result.error)
}
