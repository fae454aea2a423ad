import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { takePicture } from './take-picture.ts'

/**
 * Makes the picture of README: `node harness/cli/picture.ts RUN FILE.png` takes the top of the report of a run that was violated.
 * A picture of a run that passed would show nothing of what Squall is for, so it is refused.
 */
const [run = 'reports/latest', file = 'docs/violated-run.png'] = process.argv.slice(2)
const { outcome } = JSON.parse(readFileSync(join(run, 'verdict.json'), 'utf8')) as { outcome: string }
if (outcome !== 'violated') {
  process.stderr.write(
    `${run} ended ${outcome}; make the picture of a violated run, such as "./squall run store/missed-release --defect DF-2"\n`,
  )
  process.exit(64)
}
await takePicture(file, (page) => page.goto(pathToFileURL(resolve(run, 'report.html')).href))
