import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SystemPatch } from '../cluster/system-patch.ts'
import { readDefect } from '../selftest/defect.ts'
import { patchOf } from '../selftest/defects.ts'
import { fileNameOf, type Mutant } from './mutant.ts'

/** Writes the diff of each mutant into a folder, by its name for people. Returns the files. */
export function writeDiffs(mutants: readonly Mutant[], folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  return mutants.map((mutant) => {
    const file = join(folder, fileNameOf(mutant))
    writeFileSync(file, mutant.diff)
    return file
  })
}

/** Puts a mutant into the system as any defect. Throws BadDiff where its pages cannot be built. */
export async function patchWith(mutant: Mutant, root: string): Promise<SystemPatch> {
  const [file] = writeDiffs([mutant], join(root, '.squall', 'mutants'))
  return patchOf([readDefect(file!, mutant.id)], root)
}
