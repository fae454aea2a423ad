/** Asked for something that makes no sense: one sentence for people, exit code 64. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Something that this machine lacks: one sentence for people, exit code 69. */
export class EnvironmentMissing extends Error {
  override name = 'EnvironmentMissing'
}

/** This kind of cluster cannot do it: a scenario that needs it is skipped, with this sentence as the reason. */
export class NotSupported extends Error {
  override name = 'NotSupported'
}
