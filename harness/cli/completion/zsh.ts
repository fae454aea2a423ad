import { bashScript } from './bash.ts'
import type { Words } from './words.ts'

/** Returns a script for zsh, which runs the one for bash. Pure. */
export const zshScript = (all: readonly Words[]): string =>
  `# Completion of squall for zsh: source <(./squall completion zsh)
autoload -U +X compinit && compinit -u
autoload -U +X bashcompinit && bashcompinit
${bashScript(all).replace(/^.*\n/, '')}`
