import type { K6 } from '../clients/find-k6.ts'

interface Invocation {
  scripts: string
  script: string
  /** For the summary; exists, and is writable for the container's user too. */
  folder: string
  /** Only names stand in the arguments: values may be secrets, and everybody on a machine may read arguments. */
  envNames: readonly string[]
  containerName: string
}

export const summaryName = 'summary.json'

/** Returns the command that runs a script and writes its summary into the folder. Pure. */
export function commandOf(k6: K6, { scripts, script, folder, envNames, containerName }: Invocation) {
  const run = (scriptsAt: string, folderAt: string) => [
    ...['run', '--quiet', '--no-usage-report', '--no-color', '--address', 'localhost:0'],
    ...['--summary-export', `${folderAt}/${summaryName}`, `${scriptsAt}/${script}`],
  ]
  if (k6.kind === 'program') return { program: k6.path, args: run(scripts, folder) }
  const args = [
    ...['run', '--rm', '--init', '--network', 'host', '--name', containerName],
    ...['--volume', `${scripts}:/scripts:ro`, '--volume', `${folder}:/out`],
    ...envNames.flatMap((name) => ['--env', name]),
    k6.image,
    ...run('/scripts', '/out'),
  ]
  return { program: k6.docker, args }
}
