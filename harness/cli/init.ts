import { relative, resolve } from 'node:path'
import { UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { toolCommand } from '../platform/tool-command.ts'
import { create } from '../scaffold/creation.ts'
import { ownSystem } from '../scaffold/own-system.ts'
import type { Command } from './command.ts'
import { collected } from './options.ts'

const usualUrl = 'http://127.0.0.1:4000'

function parseUrl(text: string, before: unknown): string[] {
  if (!/^http:\/\/[^/\s]+$/.test(text))
    throw new UsageError(`--url takes the address of a node, such as ${usualUrl}; got "${text}"`)
  return collected(text, before)
}

export const init: Command = {
  name: 'init',
  argument: '[folder]',
  argumentHelp: ['where to write them; the present folder by default'],
  summary: 'write a configuration, a target file and a scenario for a system of your own; overwrites nothing',
  completes: 'paths',
  options: [
    {
      flags: '--url <url>',
      help: `where a node of your system is reached; again for each node (default: ${usualUrl})`,
      parse: parseUrl,
    },
  ],
  async run([name = '.'], { url: urls = [usualUrl] }: { url?: string[] }, io: Io) {
    const folder = resolve(io.cwd, name)
    if (!relative(io.root, folder).startsWith('..'))
      throw new UsageError(
        'init is for the folder of your own system, and this one is Squall itself; name another folder',
      )
    const command = toolCommand({ ...io, cwd: folder })
    const made = ownSystem({ urls, folder, door: resolve(io.root, 'harness/index.ts'), command })
    create(made, folder)
    for (const { path } of made.files) io.out(`made ${path}\n`)
    for (const line of made.next) io.out(`next: ${line}\n`)
    return 0
  },
}
