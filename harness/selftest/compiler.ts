import { join } from 'node:path'
import type { SourceFile } from 'typescript/unstable/ast'
import { API, type Project } from 'typescript/unstable/sync'

/**
 * TypeScript's own compiler on the system, kept open: a changed file costs milliseconds, because everything else stays parsed and checked.
 * The API is called unstable by its authors; only this file and the operators of mutate know of it.
 */
export interface Compiler {
  /** The syntax tree of a file as it is, by its path from the root. Throws for a file that is not part of the system. */
  syntaxOf(path: string): SourceFile
  /** The first thing that the compiler says about some files when files have other texts (by path); undefined when nothing. */
  errorsWith(texts: ReadonlyMap<string, string>, lookAt: Iterable<string>): string | undefined
  close(): void
}

interface CompilerOptions {
  root: string
  /** Instead of the system: texts that are no files, by path from the root. */
  texts?: ReadonlyMap<string, string>
}

/** The system alone: a checker of the whole project would look at the tests with every change. */
export function openCompiler({ root, texts }: CompilerOptions): Compiler {
  const config = join(root, '.squall', 'system.tsconfig.json')
  const inputs = texts
    ? { files: [...texts.keys()].map((path) => join(root, path)) }
    : { include: [join(root, 'system')] }
  const inMemory = new Map([
    [config, JSON.stringify({ extends: join(root, 'tsconfig.json'), ...inputs })],
    ...[...(texts ?? [])].map(([path, text]) => [join(root, path), text] as const),
  ])
  const api = new API({
    cwd: root,
    fs: {
      readFile: (file) => inMemory.get(file),
      fileExists: (file) => inMemory.has(file) || undefined,
    },
  })
  let snapshot = api.updateSnapshot({ openProjects: [config] })
  const project = (): Project => snapshot.getProjects()[0]!

  function change(texts: ReadonlyMap<string, string | undefined>) {
    for (const [file, text] of texts)
      if (text === undefined) inMemory.delete(file)
      else inMemory.set(file, text)
    const next = api.updateSnapshot({ fileChanges: { changed: [...texts.keys()] } })
    snapshot.dispose()
    snapshot = next
  }

  return {
    syntaxOf(path) {
      const file = project().program.getSourceFile(join(root, path))
      if (!file) throw new Error(`${path} is not part of the system`)
      return file
    },
    errorsWith(texts, lookAt) {
      const changed = new Map([...texts].map(([path, text]) => [join(root, path), text]))
      const before = new Map([...changed.keys()].map((file) => [file, inMemory.get(file)]))
      change(changed)
      try {
        return firstErrorIn(project(), lookAt, root)
      } finally {
        change(before)
      }
    },
    close: () => api.close(),
  }
}

function firstErrorIn({ program }: Project, paths: Iterable<string>, root: string): string | undefined {
  for (const path of paths) {
    const file = join(root, path)
    const [first] = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    if (first === undefined) continue
    const { line, character } = program.getSourceFile(file)!.getLineAndCharacterOfPosition(first.pos)
    return `${path}(${line + 1},${character + 1}): error TS${first.code}: ${first.text}`
  }
  return undefined
}
