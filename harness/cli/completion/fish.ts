import type { Completes } from '../command.ts'
import { listsOf, type Words } from './words.ts'

/** Returns a script for fish. Pure. */
export const fishScript = (
  all: readonly Words[],
): string => `# Completion of squall for fish: ./squall completion fish | source
function __squall_list
    set -l program (commandline -opc)[1]
    for kind in $argv
        $program list $kind </dev/null 2>/dev/null | string split -f 1 ' '
    end
end
complete -c squall -f
${all.flatMap(linesOf).join('\n')}
`

function linesOf({ verb, summary, names, options }: Words): string[] {
  const within = `-n '__fish_seen_subcommand_from ${verb}'`
  return [
    `complete -c squall -n __fish_use_subcommand -a ${verb} -d ${quoted(summary)}`,
    ...offered(names).map((offer) => `complete -c squall ${within} ${offer}`),
    ...options.map(({ long, help, takesValue, values }) => {
      const offers = takesValue ? [values === 'paths' ? '-r' : '-x', ...offered(values)] : []
      return ['complete -c squall', within, `-l ${long.slice(2)}`, ...offers, `-d ${quoted(help)}`].join(' ')
    }),
  ]
}

function offered(values: Completes): string[] {
  if (values === 'paths') return ['-F']
  if (typeof values === 'string') return [`-a '(__squall_list ${listsOf[values]!.join(' ')})'`]
  return values.length > 0 ? [`-a '${values.join(' ')}'`] : []
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
