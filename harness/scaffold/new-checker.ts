import { UsageError } from '../platform/errors.ts'
import type { Creation } from './creation.ts'
import { addSorted, camelCase, importedPath } from './lists.ts'
import { fromTemplate } from './template.ts'

/** A checker of the core with its test, which passes as it is. Throws UsageError for a name that is none. */
export function newChecker(name: string): Creation {
  if (!/^[a-z]+(-[a-z]+)+$/.test(name))
    throw new UsageError(
      `"${name}" is no name of a checker; expected what must hold in small letters and dashes, such as never-oversold`,
    )
  const identifier = camelCase(name)
  const imported = (folder: string) => `import { ${identifier} } from '${folder}/core/${name}.ts'`
  return {
    files: [
      { path: `harness/checkers/core/${name}.ts`, text: fromTemplate('checker', { name, identifier }) },
      { path: `test/harness/checkers/core/${name}.test.ts`, text: fromTemplate('checker-test', { name, identifier }) },
    ],
    changes: [
      {
        path: 'harness/checkers/index.ts',
        change: (text) =>
          addSorted(
            addSorted(text, /^import .*'\.\/core\/[a-z-]+\.ts'$/, imported('.'), importedPath),
            /^ {2}[a-z]\w+(\(.*\))?,$/,
            `  ${identifier},`,
          ),
      },
      {
        path: 'harness/index.ts',
        change: (text) =>
          addSorted(
            text,
            /^export \{.*'\.\/checkers\/core\/[a-z-]+\.ts'$/,
            `export { ${identifier} } from './checkers/core/${name}.ts'`,
            importedPath,
          ),
      },
      {
        path: 'harness/bench/judging/checker-cases.ts',
        change: (text) => addSorted(text, /^ {2}'[a-z-]+': background\w*,$/, `  '${name}': background,`),
      },
    ],
    next: [
      `./squall test ${name}`,
      `docs/adding-a-checker.md says what each outcome means; scenarios name it in checkers: [${identifier}]`,
    ],
  }
}
