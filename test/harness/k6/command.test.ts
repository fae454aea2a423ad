import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findK6 } from '../../../harness/clients/find-k6.ts'
import { commandOf } from '../../../harness/k6/command.ts'
import { reasonIn } from '../../../harness/k6/run-k6.ts'

const fake = resolve('test/fixtures/k6/fake-k6.sh')

describe('where k6 is', () => {
  it('is where SQUALL_K6 says', async () => {
    expect(await findK6({ SQUALL_K6: fake, PATH: '' })).toEqual({ kind: 'program', path: fake })
  })

  it('is not where SQUALL_K6 says', async () => {
    await expect(findK6({ SQUALL_K6: '/nowhere/k6', PATH: '' })).rejects.toThrow(
      'SQUALL_K6 names /nowhere/k6, but that is no program; name the k6 program, or unset it',
    )
  })

  it('is nowhere', async () => {
    await expect(findK6({ PATH: '' })).rejects.toThrow('needs k6, but there is none on the PATH and no Docker engine')
  })
})

const invocation = {
  scripts: '/squall/scripts',
  script: 'workshop.js',
  folder: '/tmp/out',
  envNames: ['URLS', 'CONTROL_SECRET'],
  containerName: 'squall-k6-1',
}

describe('the command', () => {
  it('of a program', () => {
    const { program, args } = commandOf({ kind: 'program', path: '/bin/k6' }, invocation)
    expect([program, args[0], ...args.slice(-3)]).toEqual([
      ...['/bin/k6', 'run', '--summary-export', '/tmp/out/summary.json', '/squall/scripts/workshop.js'],
    ])
  })

  it('of an image, which reaches this machine and has no secret in its arguments', () => {
    const { program, args } = commandOf({ kind: 'image', docker: '/bin/docker', image: 'grafana/k6' }, invocation)
    expect(program).toBe('/bin/docker')
    expect(args.join(' ')).toMatch(
      /^run --rm --init --network host --name squall-k6-1 --volume \/squall\/scripts:\/scripts:ro --volume \/tmp\/out:\/out --env URLS --env CONTROL_SECRET grafana\/k6 run .* --summary-export \/out\/summary.json \/scripts\/workshop.js$/,
    )
  })
})

describe('why a script failed', () => {
  it.each([
    ['time="t" level=error msg="Error: boom\\n\\tat file:///a.js:3:7(4)\\n" hint="script exception"', 'Error: boom'],
    ['time="t" level=info msg="fine"\ntime="t" level=error msg="no \\"x\\""\n', 'no "x"'],
    [
      'ERRO[0000] SyntaxError: file:///a.js: Unexpected token (3:7)',
      'SyntaxError: file:///a.js: Unexpected token (3:7)',
    ],
    ['Killed\n', 'Killed'],
    ['', ''],
  ])('%j', (said, reason) => expect(reasonIn(said)).toBe(reason))
})
