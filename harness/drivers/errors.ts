/** Something that this machine lacks: one sentence for people, exit code 69. */
export class EnvironmentMissing extends Error {
  override name = 'EnvironmentMissing'
}
