import { UsageError } from '../platform/errors.ts'
import type { Creation } from './creation.ts'
import { addSorted, camelCase, importedPath } from './lists.ts'
import { fromTemplate } from './template.ts'

/** A fault of the database with its witness, which works as it is. Throws UsageError for a name that is no kind of fault. */
export function newFault(kind: string): Creation {
  if (!/^[a-z]+\.[a-z]+(-[a-z]+)*$/.test(kind))
    throw new UsageError(`"${kind}" is no kind of fault; expected what.does-what, such as db.slow`)
  const [file, name] = [kind.replaceAll('.', '-'), camelCase(kind)]
  return {
    files: [{ path: `harness/faults/${file}.ts`, text: fromTemplate('fault', { kind, name }) }],
    changes: [
      {
        path: 'harness/faults/index.ts',
        change: (text) =>
          addSorted(
            addSorted(text, /^import /, `import { ${name} } from './${file}.ts'`, importedPath),
            /^ {2}'[a-z]+\.[a-z-]+': \w+,$/,
            `  '${kind}': ${name},`,
          ),
      },
    ],
    next: [
      './squall list faults',
      'docs/adding-a-fault.md says what each part is for, and how to test it: witnessed where it holds, and not where it does nothing',
    ],
  }
}
