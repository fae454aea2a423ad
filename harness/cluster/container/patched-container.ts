import { basename, dirname, posix } from 'node:path'
import { loaderFile, patchedStart, type SystemPatch } from '../system-patch.ts'
import type { ContainerOptions } from './container.ts'

/** Paths inside a node's container: of the project, and of the mounted diffs and pages. */
const inside = { project: '/squall', diffs: '/squall/defects', pages: '/squall/pages' } as const
const program = ['node', '--disable-warning=ExperimentalWarning']
const main = 'system/main.ts'

/** Returns the container options for a node that runs with defects: the loader, the diffs and the pages are mounted. */
export function patchedContainer(
  patch: SystemPatch,
  env: Record<string, string>,
): Pick<ContainerOptions, 'command' | 'env' | 'mounts'> {
  if (patch.names.length === 0) return { env }
  // Two diffs may have the same name, and their order matters.
  const files = patch.files.map((file, index) => posix.join(inside.diffs, `${index}`, basename(file)))
  const loaderFolder = posix.join(inside.project, 'harness/selftest')
  const mountedPatch = { ...patch, files, ...(patch.pages !== undefined && { pages: inside.pages }) }
  const start = patchedStart(mountedPatch, posix.join(loaderFolder, basename(loaderFile)))
  return {
    command: [...program, ...start.flags, main],
    env: { ...start.env, ...env },
    mounts: {
      [loaderFolder]: dirname(loaderFile),
      ...Object.fromEntries(patch.files.map((file, index) => [files[index]!, file])),
      ...(patch.pages !== undefined && { [inside.pages]: patch.pages }),
    },
  }
}
