import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openFile } from '../../../harness/platform/open-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall test '))
afterAll(() => rmSync(folder, { recursive: true }))

it('gives the path to the program that BROWSER names', async () => {
  const [program, seen] = [join(folder, 'browser'), join(folder, 'seen')]
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" > '${seen}.tmp' && mv '${seen}.tmp' '${seen}'\n`)
  chmodSync(program, 0o755)
  openFile('/some where/report.html', { env: { ...process.env, BROWSER: program }, err: () => {} })
  await expect.poll(() => existsSync(seen)).toBe(true)
  expect(readFileSync(seen, 'utf8')).toBe('/some where/report.html')
})

it('says what to do where there is no such program', () => {
  const said: string[] = []
  openFile('/r.html', { env: { PATH: '/nowhere', BROWSER: 'firefoxx' }, err: (text) => void said.push(text) })
  expect(said).toEqual([
    'squall: cannot open /r.html, because there is no firefoxx; open it yourself, or name a program with BROWSER\n',
  ])
})

it.runIf(process.platform === 'linux')(
  'says what to do where there is no display, because xdg-open would fail unseen',
  () => {
    const program = join(folder, 'xdg-open')
    writeFileSync(program, '#!/bin/sh\nexit 3\n')
    chmodSync(program, 0o755)
    const said: string[] = []
    openFile('/r.html', { env: { PATH: folder }, err: (text) => void said.push(text) })
    expect(said).toEqual([
      'squall: cannot open /r.html, because there is no display; open it yourself, or name a program with BROWSER\n',
    ])
  },
)
