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

const lacks: Record<string, string> = {
  EMFILE:
    'this process may not open more files; raise the limit, such as with "ulimit -n 20000", or choose fewer --jobs',
  ENFILE: 'this machine cannot open more files; end what else uses it, or raise its limit (fs.file-max)',
  ENOSPC: 'no space is left for files; make some, or set TMPDIR and --out to a place with space',
}

/** What an error of the operating system says of the machine, as a sentence; every other error as it is. */
export function asEnvironment(error: Error): Error {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    const sentence = lacks[(one as NodeJS.ErrnoException).code ?? '']
    if (sentence !== undefined) return new EnvironmentMissing(sentence)
  }
  return error
}

/** Nothing of the run is worth going on after it: the machine lacks something, or what was asked for makes no sense. */
export const endsRun = (error: unknown): error is EnvironmentMissing | UsageError =>
  error instanceof EnvironmentMissing || error instanceof UsageError

/** Says something of this machine, of this kind of cluster or of what was asked for, and nothing of the system under test. */
export const isUnrelatedToSystem = (error: unknown): error is Error => error instanceof NotSupported || endsRun(error)
