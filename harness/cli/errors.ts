/** Asked for something that makes no sense: one sentence for people, exit code 64. */
export class UsageError extends Error {
  override name = 'UsageError'
}
