import type { Completes } from '../command.ts'
import { listsOf, type Words } from './words.ts'

/** Returns a script for bash; with `compinit` and `bashcompinit`, zsh runs it too. Pure. */
export const bashScript = (
  all: readonly Words[],
): string => `# Completion of squall for bash: source <(./squall completion bash)
_squall_list() {
  local kind
  for kind in "$@"; do "\${COMP_WORDS[0]}" list "$kind" </dev/null 2>/dev/null; done | cut -d ' ' -f 1
}
_squall_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_squall_paths() { compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }
_squall() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" verb="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    _squall_words '${all.map(({ verb }) => verb).join(' ')}'
    return
  fi
  case "$verb $prev" in
${all.flatMap(valueCases).join('\n')}
  esac
  case "$verb" in
${all.map(verbCase).join('\n')}
  esac
}
complete -F _squall squall ./squall
`

const valueCases = ({ verb, options }: Words): string[] =>
  options
    .filter(({ takesValue }) => takesValue)
    .map(({ long, values }) => `    '${verb} ${long}') ${offer(values)}; return ;;`)

function verbCase({ verb, names, options }: Words): string {
  const flags = [...options.map(({ long }) => long), '--help'].join(' ')
  return `    ${verb}) case "$cur" in -*) _squall_words '${flags}' ;; *) ${offer(names)} ;; esac ;;`
}

function offer(values: Completes): string {
  if (values === 'paths') return '_squall_paths'
  if (typeof values === 'string') return `_squall_words "$(_squall_list ${listsOf[values]!.join(' ')})"`
  return values.length > 0 ? `_squall_words '${values.join(' ')}'` : ':'
}
