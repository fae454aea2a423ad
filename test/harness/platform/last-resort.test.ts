import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const module = join(import.meta.dirname, '../../../harness/platform/last-resort.ts')

/** The end of a process whose command is this. */
async function run(command: string, signal = 'undefined') {
  const folder = await mkdtemp(join(tmpdir(), 'squall-test-'))
  const file = join(folder, 'main.ts')
  writeFileSync(
    file,
    `import { watchHarness } from ${JSON.stringify(module)}
     const { codeAfter } = watchHarness(process, (words) => void process.stderr.write(words), { by: () => ${signal} })
     const code = await (async () => { ${command} })()
     process.exitCode = codeAfter(code)`,
  )
  const ended = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 }).catch((error) => error)
  await rm(folder, { recursive: true })
  return { code: ended.code ?? 0, said: ended.stderr.trim() }
}

it('a command that ends keeps its code', async () => {
  expect(await run('return 2')).toEqual({ code: 2, said: '' })
})

const fails = "Promise.reject(new Error('timeout expired')); await new Promise((resolve) => setTimeout(resolve, 20));"

it('a failure that nobody awaited does not end the command, and it does not pass', async () => {
  const said = 'squall: something failed that nobody waited for, which is a bug of Squall: timeout expired'
  expect(await run(`${fails} return 0`)).toEqual({ code: 70, said })
  expect(await run(`${fails} return 1`)).toEqual({ code: 1, said })
})

it("a command that waits for what cannot happen ends with a code of ours, not with Node's 13", async () => {
  const said = expect.stringContaining('the command waits for what cannot happen any more')
  expect(await run('await new Promise(() => {})')).toEqual({ code: 70, said })
  expect(await run('await new Promise(() => {})', "'SIGINT'")).toEqual({ code: 130, said })
})
